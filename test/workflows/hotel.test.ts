import { GatewayUnreachable } from '../../activities/payment-gateway';
import type { BookingId } from '../../domain/ids';
import { arm, disarm } from '../../platform/failpoint';
import {
  acceptUpdate,
  cancelUpdate,
  checkInUpdate,
  checkOutUpdate,
  providePaymentUpdate,
  skipUndoUpdate,
} from '../../workflows/messages';
import {
  addItem,
  addRoom,
  bookingRequest,
  byOwner,
  bySystem,
  byTraveler,
  hotelRequest,
  type RequestOptions,
} from '../support/bookings';
import { updateRefusal } from '../support/refusals';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Bookings whose captures the provider fails for now. */
const failing = new Set<string>();

let world: SagaWorld;
let rooms = 0;
beforeAll(async () => {
  world = await sagaWorld((real) => ({
    saveCard: (request) => real.saveCard(request),
    authorize: (request) => real.authorize(request),
    void: (request) => real.void(request),
    refund: (request) => real.refund(request),
    settle: (request) => real.settle(request),
    capture: async (request) => {
      if (failing.has(request.key.split('/')[0] ?? '')) throw new GatewayUnreachable('no captures today');
      return await real.capture(request);
    },
  }));
});
afterAll(() => world.close());

async function opened(options: Partial<RequestOptions> = {}) {
  rooms += 1;
  const itemId = options.itemId ?? (await addRoom(world.database, `HOTEL-${rooms}:STD`));
  const request = hotelRequest({ now: await world.now(), ...options, itemId });
  const saga = await world.open(request);
  return { itemId, request, id: request.bookingId, saga, terms: request.terms };
}

async function confirmed(options: Partial<RequestOptions> = {}) {
  const booking = await opened(options);
  await world.env.sleep('1m');
  expect((await world.booking(booking.id)).state).toBe('CONFIRMED');
  return booking;
}

/** Lets time pass until an instant, ISO 8601. */
async function until(instant: string | undefined, lessMs = 0) {
  await world.env.sleep(Date.parse(instant ?? '') - lessMs - (await world.now()));
}

const checkIn = (saga: SagaHandle, by: unknown = byOwner) =>
  saga.executeUpdate(checkInUpdate, { args: [{ by: by as typeof byOwner }] });
const checkOut = (saga: SagaHandle) => saga.executeUpdate(checkOutUpdate, { args: [{ by: byOwner }] });
const cancel = (saga: SagaHandle) => saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });

/** What the provider's books say of a booking's money. */
async function money(id: BookingId) {
  const [books] = await world.database.query<{ status: string; captured: number; paid_out: number | null }>(
    `SELECT a.status, a.captured,
            (SELECT sum(p.amount)::int FROM payment_simulator.payouts p WHERE p.booking_id = a.booking_id) AS paid_out
     FROM payment_simulator.authorizations a WHERE a.booking_id = $1`,
    [id],
  );
  return books;
}

const CONFIRMED_LOG = [
  'booking.opened',
  'booking.accepted',
  'payment.authorized',
  'inventory.blocked',
  'booking.confirmed',
];

describe('a stay', () => {
  test('is checked in and out by the owner, captured between and settled after', async () => {
    const { saga, id, itemId, terms } = await confirmed();
    await until(terms.checkInFrom);
    expect(await checkIn(saga)).toMatchObject({ state: 'CHECKED_IN' });
    await world.env.sleep('1 day');
    expect(await money(id)).toEqual({ status: 'captured', captured: 36_000, paid_out: null });
    expect(await checkOut(saga)).toMatchObject({ state: 'CHECKED_OUT' });
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT', undo: 'none' });
    expect(await world.log(id)).toEqual([
      ...CONFIRMED_LOG,
      'booking.checked-in',
      'payment.captured',
      'booking.checked-out',
      'inventory.released',
      'payment.settled',
    ]);
    expect(await money(id)).toEqual({ status: 'captured', captured: 36_000, paid_out: 36_000 });
    // Left on the second day: the third night can be sold again.
    expect(await world.blockedNights(itemId)).toBe(2);
    const actors = await world.database.query<{ type: string; actor: string }>(
      `SELECT type, actor FROM booking.booking_events WHERE booking_id = $1 AND type LIKE 'booking.checked-%'`,
      [id],
    );
    expect(actors.map(({ actor }) => actor)).toEqual(['OWNER', 'OWNER']);
  });

  test('is checked out by the clock where nobody says so', async () => {
    const { saga, id, terms } = await confirmed();
    await until(terms.checkInAt);
    await checkIn(saga, bySystem);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    const [out] = await world.database.query<{ actor: string; at: Date }>(
      `SELECT actor, at FROM booking.booking_events WHERE booking_id = $1 AND type = 'booking.checked-out'`,
      [id],
    );
    expect(out?.actor).toBe('SYSTEM');
    expect(out?.at.getTime()).toBeGreaterThanOrEqual(Date.parse(terms.checkOutAt));
  });

  test('by approval waits for the owner first', async () => {
    const { saga, id } = await opened({ instant: false });
    await saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
    await world.env.sleep('1m');
    expect((await world.booking(id)).state).toBe('CONFIRMED');
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
  });

  test('cannot be checked in before its first day, by strangers, twice, or once it was cancelled', async () => {
    const { saga, terms } = await confirmed();
    await until(terms.checkInFrom, 5 * 60_000);
    expect(await updateRefusal(checkIn(saga))).toMatchObject({ type: 'NotYet' });
    await until(terms.checkInFrom);
    const strangers = [byTraveler, { role: 'OWNER', id: 'owner-2' }];
    for (const by of strangers)
      expect(await updateRefusal(checkIn(saga, by))).toMatchObject({ type: 'NotAllowed' });
    expect(await updateRefusal(checkOut(saga))).toMatchObject({ type: 'IllegalTransition' });
    await checkIn(saga);
    expect(await updateRefusal(checkIn(saga))).toMatchObject({ type: 'IllegalTransition' });
    expect(await updateRefusal(cancel(saga))).toMatchObject({ type: 'IllegalTransition' });
    await saga.result();

    const other = await confirmed();
    await until(other.terms.checkInFrom);
    await cancel(other.saga);
    await expect(checkIn(other.saga)).rejects.toThrow();
  });

  test('a cancel while the check-in is being committed comes too late', async () => {
    const { saga, terms } = await confirmed();
    await until(terms.checkInAt);
    let refused: Promise<unknown> | undefined;
    arm('booking.checked-in.committing', async () => {
      disarm('booking.checked-in.committing');
      refused = updateRefusal(cancel(saga));
    });
    expect(await checkIn(saga)).toMatchObject({ state: 'CHECKED_IN' });
    expect(await refused).toMatchObject({ type: 'IllegalTransition' });
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
  });

  test('of a check-in and a cancel in the same moment one happens and the other is refused', async () => {
    const { saga, terms } = await confirmed();
    await until(terms.checkInAt);
    const said = await Promise.allSettled([checkIn(saga), cancel(saga)]);
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { state } = await saga.result();
    expect(state).toBe(said[0]?.status === 'fulfilled' ? 'CHECKED_OUT' : 'CANCELLED');
  });

  test('kept by the clock is not for owners to check in', async () => {
    const itemId = await addItem(world.database, 'PROP-BY-TIMER');
    const saga = await world.open(bookingRequest({ itemId, now: await world.now(), instant: true }));
    await world.env.sleep('1m');
    expect(await updateRefusal(checkIn(saga))).toMatchObject({ type: 'IllegalTransition' });
    await saga.result();
  });
});

describe('a guest who never comes', () => {
  test('pays one night; the others can be sold again, and the owner is paid', async () => {
    const { saga, id, itemId, terms } = await confirmed();
    await until(terms.noShowAt, HOUR);
    expect((await world.booking(id)).state).toBe('CONFIRMED');
    expect(await saga.result()).toMatchObject({
      state: 'NO_SHOW',
      undo: 'done',
      reason: { code: 'no-show' },
    });
    expect(await world.log(id)).toEqual([
      ...CONFIRMED_LOG,
      'booking.no-show',
      'undo.completed release-nights',
      'payment.captured',
      'undo.completed void-authorization',
      'payment.settled',
    ]);
    expect(await money(id)).toEqual({ status: 'captured', captured: 12_000, paid_out: 12_000 });
    expect(await world.booking(id)).toMatchObject({ reason_code: 'no-show', payment_status: 'settled' });
    // The room was kept free for the first night.
    expect(await world.blockedNights(itemId)).toBe(1);
    const [block] = await world.database.query<{ status: string }>(
      'SELECT status FROM booking.inventory_blocks WHERE booking_id = $1',
      [id],
    );
    expect(block?.status).toBe('live');
  });

  test('of a single night leaves nothing to sell again', async () => {
    const { saga, itemId } = await confirmed({ nights: 1 });
    expect(await saga.result()).toMatchObject({ state: 'NO_SHOW', undo: 'done' });
    expect(await world.blockedNights(itemId)).toBe(1);
  });
});

describe('a cancel', () => {
  test('before the first limit costs nothing: the hold is voided', async () => {
    const { saga, id, itemId } = await confirmed();
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect((await world.log(id)).slice(5)).toEqual([
      'booking.cancelled',
      'undo.completed release-nights',
      'undo.completed void-authorization',
    ]);
    expect(await money(id)).toEqual({ status: 'voided', captured: 0, paid_out: null });
    expect(await world.blockedNights(itemId)).toBe(0);
  });

  test('a day before takes half, releases the rest and every night, and pays the owner', async () => {
    const { saga, id, itemId, terms } = await confirmed();
    await until(terms.checkInAt, 1.5 * DAY);
    expect(await cancel(saga)).toMatchObject({ state: 'CANCELLED', undo: 'running' });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect((await world.log(id)).slice(5)).toEqual([
      'booking.cancelled',
      'undo.completed release-nights',
      'payment.captured',
      'undo.completed void-authorization',
      'payment.settled',
    ]);
    expect(await money(id)).toEqual({ status: 'captured', captured: 18_000, paid_out: 18_000 });
    expect(await world.booking(id)).toMatchObject({ payment_status: 'settled' });
    expect(await world.blockedNights(itemId)).toBe(0);
    const details = await world.database.query<{ type: string; details: object }>(
      `SELECT type, details FROM booking.booking_events
       WHERE booking_id = $1 AND type IN ('booking.cancelled', 'undo.completed') ORDER BY sequence`,
      [id],
    );
    expect(details[0]?.details).toEqual({ fee: { amount: 18_000, currency: 'USD' } });
    expect(details[2]?.details).toMatchObject({
      amount: { amount: 18_000, currency: 'USD' },
      outcome: 'rest-released',
    });
  });

  test('on the day itself takes all', async () => {
    const { saga, id, terms } = await confirmed();
    await until(terms.checkInAt, 2 * HOUR);
    await cancel(saga);
    await saga.result();
    expect(await money(id)).toEqual({ status: 'captured', captured: 36_000, paid_out: 36_000 });
  });

  test.each([
    ['the owner', byOwner],
    ['the system', bySystem],
  ])('by %s costs the guest nothing, however late', async (_, by) => {
    const { saga, id, terms } = await confirmed();
    await until(terms.checkInAt, HOUR);
    await saga.executeUpdate(cancelUpdate, { args: [{ by }] });
    await saga.result();
    expect(await money(id)).toEqual({ status: 'voided', captured: 0, paid_out: null });
  });

  test('before the confirmation costs nothing, however late', async () => {
    const booking = await opened({ daysAhead: 1, token: undefined });
    await world.env.sleep('1m');
    expect((await world.booking(booking.id)).state).toBe('ACCEPTED');
    arm('authorize.asking', async () => {
      disarm('authorize.asking');
      void cancel(booking.saga);
    });
    await booking.saga.executeUpdate(providePaymentUpdate, {
      args: [{ by: byTraveler, paymentToken: 'tok_slow' }],
    });
    expect(await booking.saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await money(booking.id)).toEqual({ status: 'voided', captured: 0, paid_out: null });
  });

  test('whose fee cannot be taken waits for an operator, heals by itself and is then paid out', async () => {
    const { saga, id, terms } = await confirmed();
    await until(terms.checkInAt, DAY + HOUR);
    failing.add(id);
    await cancel(saga);
    await world.env.sleep('5m');
    expect(await world.booking(id)).toMatchObject({ undo: 'needs_operator' });
    failing.delete(id);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await money(id)).toEqual({ status: 'captured', captured: 18_000, paid_out: 18_000 });
  });

  test('whose fee an operator waives pays nobody', async () => {
    const { saga, id, terms } = await confirmed();
    await until(terms.checkInAt, DAY + HOUR);
    failing.add(id);
    await cancel(saga);
    await world.env.sleep('5m');
    await saga.executeUpdate(skipUndoUpdate, { args: [{ by: bySystem, step: 'void-authorization' }] });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await money(id)).toEqual({ status: 'held', captured: 0, paid_out: null });
    failing.delete(id);
  });

  test('whose fee the provider refuses for good is over all the same', async () => {
    const { saga, id, terms } = await confirmed();
    await until(terms.checkInAt, HOUR);
    await world.database.query(
      `UPDATE payment_simulator.authorizations SET status = 'voided' WHERE booking_id = $1`,
      [id],
    );
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect((await world.log(id)).slice(-2)).toEqual([
      'payment.capture-failed',
      'undo.completed void-authorization',
    ]);
    expect(await world.booking(id)).toMatchObject({ payment_status: 'failed' });
  });
});

test('each reservation has a number of its own, of the year it was made in', async () => {
  const first = await opened();
  const second = await opened();
  const rows = await world.database.query<{ confirmation_number: string; lane: number }>(
    'SELECT confirmation_number, lane FROM booking.bookings WHERE id = ANY($1) ORDER BY confirmation_number',
    [[first.id, second.id]],
  );
  const year = new Date(await world.now()).getUTCFullYear();
  for (const row of rows) expect(row.confirmation_number).toMatch(new RegExp(`^RSV-${year}-\\d{6}$`));
  expect(new Set(rows.map((row) => row.confirmation_number)).size).toBe(2);
});
