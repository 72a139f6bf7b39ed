import { arm, disarm } from '../../platform/failpoint';
import { addItem } from '../support/bookings';
import { DEADLINE_MS, type Listener, RelayWorld, until } from './relay-world';
import { type Chapter, openAndConfirm } from './story';

/* A relay dies, or loses its session, at the worst moment. Nothing may be missing, and nothing old may come last. */

let world: RelayWorld;
let bookings: Chapter[];
beforeEach(() => begin(DEADLINE_MS));

async function begin(deadlineMs: number): Promise<void> {
  world = await RelayWorld.create({ deadlineMs });
  bookings = [];
  for (const name of ['A', 'B', 'C', 'D']) {
    const item = await addItem(world.database, name);
    bookings.push(await openAndConfirm(world.database, item), await openAndConfirm(world.database, item));
  }
}

afterEach(async () => {
  disarm('relay.sending');
  disarm('relay.acked');
  await world.close();
});

/** Nothing missing; a resend repeats the whole rest in order, so each booking's last message is its newest. */
function expectWhole(listener: Listener): void {
  const { KAFKA_REQUEST_TOPIC: requests, KAFKA_RESPONSE_TOPIC: updates } = world.config;
  for (const { request } of bookings) {
    expect(new Set(listener.sequences(requests, request.bookingId))).toEqual(new Set([1]));
    const told = listener.sequences(updates, request.bookingId);
    expect(told.slice(-3)).toEqual([2, 3, 5]);
    expect(told.length % 3).toBe(0);
  }
}

const TOLD_ONCE = 8 * 4;
/** The test ends long before this, if nobody waits for it. */
const FAR_TOO_LONG_MS = 300_000;

test('killed between the acknowledgement and the delete: told again, after the deadline of its batch', async () => {
  const doomed = world.forkRelay('relay.acked=kill');
  await doomed.reached;
  await doomed.gone;
  expect(await world.outboxRows()).toBe(bookings.length * 5);

  await world.startRelay();
  const listener = await world.listen();
  await world.untilOutboxEmpty();
  await listener.untilHeard(TOLD_ONCE * 2);
  expectWhole(listener);
  const times = listener.heard.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
  const firstOfResend = times[TOLD_ONCE] ?? 0;
  expect(firstOfResend - Math.max(...times.slice(0, TOLD_ONCE))).toBeGreaterThanOrEqual(DEADLINE_MS);
});

test('killed before the send: its lanes are taken over, and nothing is missing', async () => {
  const doomed = world.forkRelay('relay.sending=stop');
  await doomed.reached;
  const heir = await world.startRelay();
  doomed.signal('SIGKILL');
  const listener = await world.listen();
  await world.untilOutboxEmpty();
  await listener.untilHeard(TOLD_ONCE);
  expectWhole(listener);
  expect(await world.lanesByHolder()).toEqual([16]);
  expect(await heir.trouble?.()).toBeUndefined();
});

test('session cut between the acknowledgement and the delete: told again at once by the same relay', async () => {
  await world.close();
  await begin(FAR_TOO_LONG_MS);
  let cuts = 0;
  arm('relay.acked', async () => {
    cuts += 1;
    if (cuts === 1) await world.cutRelaySession();
  });
  await world.startRelay();
  const listener = await world.listen();
  await world.untilOutboxEmpty();
  expect(cuts).toBe(2);
  await listener.untilHeard(TOLD_ONCE * 2);
  expectWhole(listener);
});

test('session cut before the send: nothing is sent without the locks, so everything is told once', async () => {
  let cuts = 0;
  arm('relay.sending', async () => {
    cuts += 1;
    if (cuts === 1) await world.cutRelaySession();
  });
  await world.startRelay();
  const listener = await world.listen();
  await world.untilOutboxEmpty();
  expect(cuts).toBe(2);
  await listener.untilHeard(TOLD_ONCE);
  expectWhole(listener);
  expect(listener.heard).toHaveLength(TOLD_ONCE);
});

test('two relays share the lanes; one that ends in an orderly way leaves nothing to wait for', async () => {
  const first = await world.startRelay();
  await until('one holds all', async () => (await world.lanesByHolder())[0] === 16);
  await world.startRelay();
  await until('both hold half', async () => `${await world.lanesByHolder()}` === '8,8');
  await first.stop();
  const clean = await world.database.query(
    'SELECT 1 FROM booking.relay_lanes WHERE NOT clean AND holder IS NULL',
  );
  expect(clean).toEqual([]);
  await until('the other one holds all', async () => `${await world.lanesByHolder()}` === '16');
  const listener = await world.listen();
  await listener.untilHeard(TOLD_ONCE);
  expectWhole(listener);
});

test('of two relays at work one is killed: the other one takes over its lanes', async () => {
  const doomed = world.forkRelay();
  await until('one holds all', async () => (await world.lanesByHolder())[0] === 16);
  await world.startRelay();
  await until('both hold half', async () => `${await world.lanesByHolder()}` === '8,8');
  doomed.signal('SIGKILL');
  await doomed.gone;
  for (const name of ['E', 'F', 'G', 'H', 'I', 'J', 'K', 'L']) {
    bookings.push(await openAndConfirm(world.database, await addItem(world.database, name)));
  }
  const listener = await world.listen();
  await world.untilOutboxEmpty();
  await listener.untilHeard(bookings.length * 4);
  expect(await world.lanesByHolder()).toEqual([16]);
  expectWhole(listener);
});

test('a relay that stands still loses its lanes to the other one, and shares them again when it goes on', async () => {
  const frozen = world.forkRelay();
  await until('one holds all', async () => (await world.lanesByHolder())[0] === 16);
  await world.untilOutboxEmpty();
  frozen.signal('SIGSTOP');
  await world.startRelay();
  bookings.push(await openAndConfirm(world.database, await addItem(world.database, 'E')));
  await world.untilOutboxEmpty();
  expect(await world.lanesByHolder()).toEqual([16]);
  frozen.signal('SIGCONT');
  await until('both hold half', async () => `${await world.lanesByHolder()}` === '8,8');
  const listener = await world.listen();
  await listener.untilHeard(bookings.length * 4);
  expectWhole(listener);
});
