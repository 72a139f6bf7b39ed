import type { BookingRequest } from '../../domain/booking';
import { arm, disarm } from '../../platform/failpoint';
import type { bookingSaga } from '../../workflows';
import {
  acceptUpdate,
  cancelUpdate,
  recheckAvailabilitySignal,
  rejectUpdate,
  workflowIdOf,
} from '../../workflows/messages';
import { addItem, bookingRequest, byOwner, byTraveler, type RequestOptions } from '../support/bookings';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';

/* Requests whose item keeps their nights for an hour while they wait; the owner has a day. */

let world: SagaWorld;
let items = 0;
beforeAll(async () => {
  world = await sagaWorld();
});
afterAll(() => world.close());

async function wished(options: Partial<RequestOptions> = {}, expiresAfterSeconds = 3600) {
  items += 1;
  const itemId = options.itemId ?? (await addItem(world.database, `PROP-KEPT-${items}`));
  const plain = bookingRequest({ now: await world.now(), ...options, itemId });
  const request: BookingRequest = {
    ...plain,
    terms: { ...plain.terms, block: { pending: 'blocked', expiresAfterSeconds } },
  };
  return { itemId, request, id: request.bookingId };
}

async function opened(...given: Parameters<typeof wished>) {
  const wish = await wished(...given);
  return { ...wish, saga: await world.open(wish.request) };
}

const accept = (saga: SagaHandle) => saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
const cancel = (saga: Pick<SagaHandle, 'executeUpdate'>) =>
  saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });
const blocks = (id: string) =>
  world.database.query('SELECT id, status FROM booking.inventory_blocks WHERE booking_id = $1 ORDER BY id', [
    id,
  ]);

/** Opened, and its nights taken. */
async function kept(...given: Parameters<typeof opened>) {
  const booking = await opened(...given);
  await world.env.sleep('1s');
  expect(await world.log(booking.id)).toEqual(['booking.opened', 'inventory.blocked']);
  expect(await world.blockedNights(booking.itemId)).toBe(3);
  return booking;
}

test('accepted in time, the request has its nights already and blocks them once', async () => {
  const { saga, id, itemId } = await kept();
  await accept(saga);
  await world.env.sleep('1m');
  expect(await world.log(id)).toEqual([
    'booking.opened',
    'inventory.blocked',
    'booking.accepted',
    'payment.authorized',
    'booking.confirmed',
  ]);
  expect(await world.blockedNights(itemId)).toBe(3);
  expect(await blocks(id)).toEqual([{ id: `${id}:block:1`, status: 'live' }]);
});

test('its own nights do not stand in its way when it looks at the calendar again', async () => {
  const { saga, id } = await kept();
  await saga.signal(recheckAvailabilitySignal);
  await world.env.sleep('1m');
  expect((await world.booking(id)).state).toBe('PENDING');
  await accept(saga);
});

test('undecided for too long, it gives the nights back and goes on waiting', async () => {
  const { saga, id, itemId } = await kept();
  await world.env.sleep('59m');
  expect(await world.blockedNights(itemId)).toBe(3);
  await world.env.sleep('2m');
  expect(await world.log(id)).toEqual(['booking.opened', 'inventory.blocked', 'inventory.released']);
  expect(await world.booking(id)).toMatchObject({ state: 'PENDING', undo: 'none' });
  expect(await world.blockedNights(itemId)).toBe(0);
  expect(await saga.result()).toMatchObject({ state: 'EXPIRED', undo: 'none' });
});

test('accepted after that, it blocks them again, in a block of its own', async () => {
  const { saga, id, itemId } = await kept();
  await world.env.sleep('2h');
  await accept(saga);
  await world.env.sleep('1m');
  expect((await world.log(id)).slice(2)).toEqual([
    'inventory.released',
    'booking.accepted',
    'payment.authorized',
    'inventory.blocked',
    'booking.confirmed',
  ]);
  expect(await world.blockedNights(itemId)).toBe(3);
  expect(await blocks(id)).toEqual([
    { id: `${id}:block:1`, status: 'released' },
    { id: `${id}:block:2`, status: 'live' },
  ]);
});

test('accepted after that, and the nights sold meanwhile: FAILED, and nothing is left behind', async () => {
  const late = await kept();
  await world.env.sleep('2h');
  const { start, end } = late.request.stay;
  await world.database.query(`SELECT booking.block_nights($1, $1, $2, $3::date, $4::date, 1)`, [
    ...[`sold-${late.id}`, late.itemId, start, end],
  ]);
  await accept(late.saga);
  expect(await late.saga.result()).toMatchObject({ state: 'FAILED', undo: 'none' });
  expect(await world.booking(late.id)).toMatchObject({ reason_code: 'nights-unavailable' });
  expect(await world.blockedNights(late.itemId)).toBe(3);
});

test('a request whose nights are taken already is declined by the system', async () => {
  const first = await kept();
  const { saga, id } = await opened({ itemId: first.itemId });
  expect(await saga.result()).toMatchObject({ state: 'REJECTED', undo: 'none' });
  expect(await world.log(id)).toEqual(['booking.opened', 'booking.rejected']);
  const [fact] = await world.database.query(
    "SELECT actor, reason_code FROM booking.booking_events WHERE booking_id = $1 AND type = 'booking.rejected'",
    [id],
  );
  expect(fact).toEqual({ actor: 'SYSTEM', reason_code: 'nights-unavailable' });
  expect(await blocks(id)).toEqual([]);
});

test.each([
  [
    'rejected by the owner',
    'REJECTED',
    (saga: SagaHandle) => saga.executeUpdate(rejectUpdate, { args: [{ by: byOwner }] }),
  ],
  ['cancelled by the traveler', 'CANCELLED', cancel],
] as const)('%s, its nights are released as an undo', async (_how, state, end) => {
  const { saga, id, itemId } = await kept();
  expect(await end(saga)).toMatchObject({ state, undo: 'running' });
  expect(await saga.result()).toMatchObject({ state, undo: 'done' });
  expect((await world.log(id)).at(-1)).toBe('undo.completed release-nights');
  expect(await world.blockedNights(itemId)).toBe(0);
});

test('kept for longer than the owner has, they are released when the request expires', async () => {
  const { saga, id, itemId } = await kept({}, 7 * 86_400);
  expect(await saga.result()).toMatchObject({ state: 'EXPIRED', undo: 'done' });
  expect(await world.log(id)).toEqual([
    'booking.opened',
    'inventory.blocked',
    'booking.expired',
    'undo.completed release-nights',
  ]);
  expect(await world.blockedNights(itemId)).toBe(0);
});

test('cancelled while the nights are being taken, they are released all the same', async () => {
  const { id, itemId, request } = await wished();
  let cancelled: Promise<unknown> | undefined;
  arm('inventory.blocked.committing', async () => {
    disarm('inventory.blocked.committing');
    cancelled = cancel(world.client.workflow.getHandle<typeof bookingSaga>(workflowIdOf(id)));
  });
  const saga = await world.open(request);
  expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
  await cancelled;
  expect(await world.log(id)).toEqual([
    'booking.opened',
    'inventory.blocked',
    'booking.cancelled',
    'undo.completed release-nights',
  ]);
  expect(await world.blockedNights(itemId)).toBe(0);
});

test('an instant item’s bookings have nothing to wait for and take no nights before', async () => {
  const { id } = await opened({ instant: true });
  await world.env.sleep('1m');
  expect(await world.log(id)).toEqual([
    'booking.opened',
    'booking.accepted',
    'payment.authorized',
    'inventory.blocked',
    'booking.confirmed',
  ]);
});
