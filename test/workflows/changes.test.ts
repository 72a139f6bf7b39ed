import { GatewayUnreachable } from '../../activities/payment-gateway';
import { type Agreement, toldAgreement } from '../../domain/agreement';
import type { BookingRequest } from '../../domain/booking';
import { MAX_CHANGES } from '../../domain/change';
import type { BookingId, ItemId } from '../../domain/ids';
import { addDays } from '../../domain/stay-dates';
import { arm, disarm } from '../../platform/failpoint';
import {
  type Change,
  cancelUpdate,
  changeUpdate,
  checkInUpdate,
  checkOutUpdate,
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

const HOUR = 3_600_000;
/** As many as workflows/steps.ts gives a local activity. */
const LOCAL_ATTEMPTS = 6;
/** Bookings whose authorizations the provider declines, or does not answer, for now. */
const declining = new Set<string>();
const unreachable = new Set<string>();

let world: SagaWorld;
let hotels = 0;
beforeAll(async () => {
  world = await sagaWorld((real) => ({
    saveCard: (request) => real.saveCard(request),
    authorize: async (request) => {
      if (unreachable.has(request.bookingId)) throw new GatewayUnreachable('no authorizations today');
      if (declining.has(request.bookingId)) return { outcome: 'declined', code: 'insufficient_funds' };
      return await real.authorize(request);
    },
    void: (request) => real.void(request),
    refund: (request) => real.refund(request),
    settle: (request) => real.settle(request),
    capture: (request) => real.capture(request),
  }));
});
afterAll(() => world.close());

interface Reserved {
  readonly id: BookingId;
  readonly saga: SagaHandle;
  readonly request: BookingRequest;
  readonly std: ItemId;
  readonly suite: ItemId;
}

/** A confirmed reservation of three nights at 120.00 in a hotel of its own: one standard room, one suite. */
async function confirmed(options: Partial<RequestOptions> & { hotel?: string } = {}): Promise<Reserved> {
  const hotel = options.hotel ?? `HOTEL-${++hotels}`;
  const [std, suite] = [`${hotel}:STD`, `${hotel}:SUITE`] as [ItemId, ItemId];
  if (options.hotel === undefined) for (const id of [std, suite]) await addRoom(world.database, id);
  const request = hotelRequest({ now: await world.now(), itemId: std, ...options });
  const saga = await world.open(request);
  await world.env.sleep('1m');
  expect((await world.booking(request.bookingId)).state).toBe('CONFIRMED');
  return { id: request.bookingId, saga, request, std, suite };
}

interface Wish {
  readonly daysLater?: number;
  readonly nights?: number;
  readonly itemId?: ItemId;
  readonly guests?: number;
  readonly nightly?: number;
}

/** What a wish comes to, as the API works it out. */
function agreement(from: Agreement, wish: Wish): Agreement {
  const { daysLater = 0, itemId = from.itemId, guests = from.guests, nightly = 12_000 } = wish;
  const start = addDays(from.stay.start, daysLater);
  const nights = wish.nights ?? nightsIn(from);
  const end = addDays(start, nights);
  return {
    ...{ itemId, itemName: itemId, stay: { start, end }, guests, quantity: 1 },
    price: { amount: nightly * nights, currency: 'USD' },
    terms: {
      ...from.terms,
      checkInFrom: `${addDays(start, -1)}T23:00:00.000Z`,
      checkInAt: `${start}T14:00:00.000Z`,
      checkOutAt: `${end}T10:00:00.000Z`,
      noShowAt: `${addDays(start, 1)}T05:00:00.000Z`,
    },
  };
}

function nightsIn({ stay }: Agreement): number {
  return Math.round((Date.parse(stay.end) - Date.parse(stay.start)) / 86_400_000);
}

let numbers = 0;
function change(
  { saga, request }: Reserved,
  wish: Wish,
  from: Agreement = request,
  by: Change['by'] = byTraveler,
) {
  const to = agreement(from, wish);
  const changeId = `change-${++numbers}`;
  const made = saga.executeUpdate(changeUpdate, {
    updateId: changeId,
    args: [{ by, changeId, from: toldAgreement(from), to }],
  });
  return { to, made };
}

/** A change that must be made, and is done with. */
async function changed(reserved: Reserved, wish: Wish, from?: Agreement): Promise<Agreement> {
  const { to, made } = change(reserved, wish, from);
  expect(await made).toMatchObject({ state: 'CONFIRMED' });
  // What the old price held is given back after the answer. The test server, unlike a real one, cannot bear that a cancel
  // meets that in the very moment in which it ends.
  await world.env.sleep('1m');
  return to;
}

async function until(instant: string | undefined, lessMs = 0) {
  await world.env.sleep(Date.parse(instant ?? '') - lessMs - (await world.now()));
}

const cancel = (saga: SagaHandle) => saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });
const checkIn = (saga: SagaHandle) => saga.executeUpdate(checkInUpdate, { args: [{ by: byOwner }] });
const checkOut = (saga: SagaHandle) => saga.executeUpdate(checkOutUpdate, { args: [{ by: byOwner }] });

/**
 * Does something while the step of the next change is on its way, in a moment in which the saga can hear of it: the
 * local attempts fail, and the regular one that follows waits until it is done.
 */
function whileCommitting<T>(act: () => Promise<T>): Promise<T> {
  const FAILPOINT = 'booking.modified.committing';
  let attempts = 0;
  return new Promise((done, failed) => {
    arm(FAILPOINT, async () => {
      attempts += 1;
      if (attempts <= LOCAL_ATTEMPTS) throw new Error('the database is away');
      disarm(FAILPOINT);
      await act().then(done, failed);
    });
  });
}

/** What the booking's row says is agreed. */
async function agreed(id: BookingId) {
  const [row] = await world.database.query(
    `SELECT item_id, start_date::text AS start, end_date::text AS end, guests, price_amount AS price
     FROM booking.bookings WHERE id = $1`,
    [id],
  );
  return row;
}

const rowOf = ({ itemId, stay, guests, price }: Agreement) => ({
  ...{ item_id: itemId, start: stay.start, end: stay.end, guests, price: price.amount },
});

const nightsOf = async (itemId: ItemId) =>
  (
    await world.database.query<{ night: string }>(
      'SELECT night::text FROM booking.availability_calendar WHERE item_id = $1 AND blocked > 0 ORDER BY night',
      [itemId],
    )
  ).map(({ night }) => night);

/** What the provider holds, took and paid out for a booking. */
async function money(id: BookingId) {
  const [sums] = await world.database.query<{ held: number; captured: number; paid_out: number }>(
    `SELECT COALESCE(sum(amount) FILTER (WHERE status = 'held'), 0)::int AS held,
            COALESCE(sum(captured - refunded), 0)::int AS captured,
            (SELECT COALESCE(sum(p.amount), 0)::int FROM payment_simulator.payouts p WHERE p.booking_id = $1) AS paid_out
     FROM payment_simulator.authorizations WHERE booking_id = $1`,
    [id],
  );
  return sums;
}

const lastLines = async (id: BookingId) => (await world.log(id)).slice(5);

test('other dates: nights, row and log change at once, and the stay is lived by the new times', async () => {
  const reserved = await confirmed();
  const { saga, id, std } = reserved;
  const to = await changed(reserved, { daysLater: 10 });
  expect(await agreed(id)).toEqual(rowOf(to));
  expect(await nightsOf(std)).toEqual([0, 1, 2].map((n) => addDays(to.stay.start, n)));
  expect(await lastLines(id)).toContain('booking.modified');
  // The old no-show time passes without a word.
  await until(to.terms.checkInFrom, HOUR);
  expect(await updateRefusal(checkIn(saga))).toMatchObject({ type: 'NotYet' });
  await until(to.terms.checkInFrom);
  expect(await checkIn(saga)).toMatchObject({ state: 'CHECKED_IN' });
  await until(to.terms.checkOutAt, HOUR);
  expect((await world.booking(id)).state).toBe('CHECKED_IN');
  expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT', undo: 'none' });
  expect(await money(id)).toEqual({ held: 0, captured: 36_000, paid_out: 36_000 });
});

test('earlier dates, over nights it has already, at a capacity of one', async () => {
  const reserved = await confirmed();
  const to = await changed(reserved, { daysLater: -2, nights: 3 });
  expect(await nightsOf(reserved.std)).toEqual([0, 1, 2].map((n) => addDays(to.stay.start, n)));
  expect(await reserved.saga.result()).toMatchObject({ state: 'NO_SHOW' });
  const [fact] = await world.database.query<{ at: Date }>(
    `SELECT at FROM booking.booking_events WHERE booking_id = $1 AND type = 'booking.no-show'`,
    [reserved.id],
  );
  expect(fact?.at.toISOString().slice(0, 16)).toBe(to.terms.noShowAt?.slice(0, 16));
});

test('a shorter stay costs less: less is taken, and the owner gets less', async () => {
  const reserved = await confirmed();
  const to = await changed(reserved, { nights: 1 });
  expect(await agreed(reserved.id)).toEqual(rowOf(to));
  await until(to.terms.checkInAt);
  await checkIn(reserved.saga);
  await reserved.saga.result();
  expect(await money(reserved.id)).toEqual({ held: 0, captured: 12_000, paid_out: 12_000 });
});

test('a better room costs more: more is held, taken and paid out', async () => {
  const reserved = await confirmed();
  const { saga, id, std, suite } = reserved;
  const to = await changed(reserved, { itemId: suite, guests: 1, nightly: 32_000 });
  expect(await agreed(id)).toEqual(rowOf(to));
  expect(await nightsOf(std)).toEqual([]);
  expect(await nightsOf(suite)).toHaveLength(3);
  await until(to.terms.checkInAt);
  await checkIn(saga);
  await saga.result();
  expect(await money(id)).toEqual({ held: 0, captured: 96_000, paid_out: 96_000 });
});

test('a declined difference leaves all whole', async () => {
  const reserved = await confirmed();
  const { saga, id, std, suite, request } = reserved;
  const before = await money(id);
  declining.add(id);
  const refused = await updateRefusal(change(reserved, { itemId: suite, nightly: 32_000 }).made);
  expect(refused).toMatchObject({ type: 'PaymentDeclined' });
  declining.delete(id);
  expect(await agreed(id)).toEqual(rowOf(request));
  expect(await nightsOf(std)).toHaveLength(3);
  expect(await nightsOf(suite)).toEqual([]);
  expect(await money(id)).toEqual(before);
  expect(await lastLines(id)).not.toContain('booking.modified');
  await until(request.terms.checkInAt);
  await checkIn(saga);
  await saga.result();
  expect(await money(id)).toEqual({ held: 0, captured: 36_000, paid_out: 36_000 });
});

test('a provider that does not answer leaves all whole', async () => {
  const reserved = await confirmed();
  const { id, suite, request } = reserved;
  unreachable.add(id);
  const to = agreement(request, { itemId: suite, nightly: 32_000 });
  const asked = await reserved.saga.startUpdate(changeUpdate, {
    args: [{ by: byTraveler, changeId: 'unanswered', from: toldAgreement(request), to }],
    waitForStage: 'ACCEPTED',
  });
  await world.env.sleep('2m');
  expect(await updateRefusal(asked.result())).toMatchObject({ type: 'PaymentDeclined' });
  unreachable.delete(id);
  await world.env.sleep('1h');
  expect(await agreed(id)).toEqual(rowOf(request));
  expect(await nightsOf(suite)).toEqual([]);
  expect(await money(id)).toEqual({ held: 36_000, captured: 0, paid_out: 0 });
  await changed(reserved, { itemId: suite, nightly: 32_000 });
  await cancel(reserved.saga);
  await reserved.saga.result();
  expect(await money(id)).toEqual({ held: 0, captured: 0, paid_out: 0 });
});

test('nights that are gone leave all whole, nothing more is held, and they are named', async () => {
  const reserved = await confirmed();
  const { saga, id, std, suite, request } = reserved;
  const other = await confirmed({ hotel: std.split(':')[0] ?? '', itemId: suite });
  const refused = await updateRefusal(change(reserved, { itemId: suite, nightly: 32_000 }).made);
  expect(refused).toMatchObject({ type: 'NightsUnavailable' });
  expect(refused.details?.[0]).toEqual([0, 1, 2].map((n) => addDays(request.stay.start, n)));
  await world.env.sleep('1h');
  expect(await agreed(id)).toEqual(rowOf(request));
  expect(await nightsOf(std)).toHaveLength(3);
  expect(await money(id)).toEqual({ held: 36_000, captured: 0, paid_out: 0 });
  await cancel(saga);
  expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
  expect(await money(id)).toEqual({ held: 0, captured: 0, paid_out: 0 });
  expect(await nightsOf(std)).toEqual([]);
  await other.saga.result();
});

describe('a cancel after a change', () => {
  test('costs by the new dates and the new price, and gives every night back', async () => {
    const reserved = await confirmed();
    const { saga, id, std, suite, request } = reserved;
    const to = await changed(reserved, { daysLater: 10, itemId: suite, nightly: 32_000 });
    // A day and a half before the first dates: half the price would have gone.
    await until(request.terms.checkInAt, 36 * HOUR);
    await until(to.terms.checkInAt, 36 * HOUR);
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await money(id)).toEqual({ held: 0, captured: 48_000, paid_out: 48_000 });
    expect(await nightsOf(std)).toEqual([]);
    expect(await nightsOf(suite)).toEqual([]);
    expect((await world.log(id)).filter((line) => line === 'undo.completed release-nights')).toHaveLength(1);
  });

  test('to later dates costs nothing where the old ones were near', async () => {
    const reserved = await confirmed({ daysAhead: 1 });
    await changed(reserved, { daysLater: 10 });
    await cancel(reserved.saga);
    await reserved.saga.result();
    expect(await money(reserved.id)).toEqual({ held: 0, captured: 0, paid_out: 0 });
  });
});

test('a guest who never comes is missed at the new time, and pays a night of the new price', async () => {
  const reserved = await confirmed();
  const { saga, id, std, suite } = reserved;
  const to = await changed(reserved, { daysLater: 5, itemId: suite, nightly: 32_000 });
  await until(to.terms.noShowAt, HOUR);
  expect((await world.booking(id)).state).toBe('CONFIRMED');
  expect(await saga.result()).toMatchObject({ state: 'NO_SHOW', undo: 'done' });
  expect(await money(id)).toEqual({ held: 0, captured: 32_000, paid_out: 32_000 });
  expect(await nightsOf(std)).toEqual([]);
  expect(await nightsOf(suite)).toEqual([to.stay.start]);
});

describe('at the same time', () => {
  test('of two changes one is made and the other told that it came second', async () => {
    const reserved = await confirmed();
    const { id, std, saga } = reserved;
    const second = whileCommitting(() => updateRefusal(change(reserved, { nights: 2 }).made));
    const to = await changed(reserved, { daysLater: 3 });
    expect(await second).toMatchObject({ type: 'ChangedMeanwhile' });
    expect(await updateRefusal(change(reserved, { nights: 2 }).made)).toMatchObject({
      type: 'ChangedMeanwhile',
    });
    expect(await agreed(id)).toEqual(rowOf(to));
    expect(await nightsOf(std)).toHaveLength(3);
    await saga.result();
  });

  test('a cancel while more is being held wins: the change is refused, and all money and nights go back, once', async () => {
    const reserved = await confirmed();
    const { saga, id, std, suite } = reserved;
    arm('authorize.asking', async () => {
      disarm('authorize.asking');
      await saga.startUpdate(cancelUpdate, { args: [{ by: byTraveler }], waitForStage: 'ACCEPTED' });
    });
    const refused = await updateRefusal(change(reserved, { itemId: suite, nightly: 32_000 }).made);
    expect(refused).toMatchObject({ type: 'IllegalTransition' });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await world.log(id)).not.toContain('booking.modified');
    expect(await money(id)).toEqual({ held: 0, captured: 0, paid_out: 0 });
    expect([...(await nightsOf(std)), ...(await nightsOf(suite))]).toEqual([]);
    expect((await world.atProvider(id)).toSorted()).toEqual(['voided', 'voided']);
  });

  test('a cancel while the change is being committed wins after it, by what is then agreed', async () => {
    const reserved = await confirmed();
    const { saga, id, std, request } = reserved;
    await until(request.terms.checkInAt, 12 * HOUR);
    const claimed = whileCommitting(() =>
      saga.startUpdate(cancelUpdate, { args: [{ by: byTraveler }], waitForStage: 'ACCEPTED' }),
    );
    await changed(reserved, { nights: 1 });
    await (await claimed).result();
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect((await world.log(id)).slice(5, 7)).toEqual(['booking.modified', 'booking.cancelled']);
    // All of one night, not of three.
    expect(await money(id)).toEqual({ held: 0, captured: 12_000, paid_out: 12_000 });
    expect(await nightsOf(std)).toEqual([]);
  });

  test('a guest who comes while the change waits for money is let in, and the change refused', async () => {
    const reserved = await confirmed();
    const { saga, id, suite, request } = reserved;
    await until(request.terms.checkInFrom);
    let arrived: Promise<unknown> | undefined;
    arm('authorize.asking', async () => {
      disarm('authorize.asking');
      const said = await saga.startUpdate(checkInUpdate, {
        args: [{ by: byOwner }],
        waitForStage: 'ACCEPTED',
      });
      arrived = said.result();
    });
    const refused = await updateRefusal(change(reserved, { itemId: suite, nightly: 32_000 }).made);
    expect(refused).toMatchObject({ type: 'IllegalTransition' });
    expect(await arrived).toMatchObject({ state: 'CHECKED_IN' });
    expect(await agreed(id)).toEqual(rowOf(request));
    await saga.result();
    expect(await money(id)).toEqual({ held: 0, captured: 36_000, paid_out: 36_000 });
  });

  test('nobody is checked in while the change is being committed', async () => {
    const reserved = await confirmed();
    const { saga, request } = reserved;
    await until(request.terms.checkInFrom);
    const refused = whileCommitting(() => updateRefusal(checkIn(saga)));
    await changed(reserved, { daysLater: 1 });
    expect(await refused).toMatchObject({
      type: 'NotYet',
      message: expect.stringMatching('this very moment'),
    });
    await saga.result();
  });
});

describe('is refused', () => {
  test('to strangers and administrators, once check-in has begun, and where it is of no use', async () => {
    const reserved = await confirmed();
    const { saga, request } = reserved;
    const ask = (wish: Wish, by?: Change['by']) => updateRefusal(change(reserved, wish, request, by).made);
    for (const by of [
      { ...byTraveler, id: 'traveler-2' },
      { ...byOwner, id: 'owner-2' },
      bySystem,
    ] as Change['by'][])
      expect(await ask({ nights: 2 }, by)).toMatchObject({ type: 'NotAllowed' });
    expect(await ask({})).toMatchObject({ type: 'IllegalTransition' });
    expect(await ask({ itemId: 'HOTEL-X:STD' as ItemId })).toMatchObject({ type: 'IllegalTransition' });
    const elsewhere = { ...request, guests: 1 };
    expect(await updateRefusal(change(reserved, { nights: 2 }, elsewhere).made)).toMatchObject({
      type: 'ChangedMeanwhile',
    });
    await until(request.terms.checkInAt);
    expect(await ask({ nights: 2 })).toMatchObject({ type: 'IllegalTransition' });
    expect(await change(reserved, { nights: 2 }).made.catch(() => 'refused')).toBe('refused');
    await saga.result();
  });

  test('to bookings of other systems', async () => {
    const itemId = await addItem(world.database, 'PROP-CHANGES');
    const request = bookingRequest({ itemId, now: await world.now(), instant: true });
    const saga = await world.open(request);
    await world.env.sleep('1m');
    const reserved = { id: request.bookingId, saga, request, std: itemId, suite: itemId };
    expect(await updateRefusal(change(reserved, { nights: 2 }).made)).toMatchObject({
      type: 'IllegalTransition',
    });
    await saga.result();
  });

  test('after too many, which leave the history small', async () => {
    const reserved = await confirmed();
    let from: Agreement = reserved.request;
    for (let n = 0; n < MAX_CHANGES; n += 1)
      from = await changed(reserved, { daysLater: n % 2 ? -1 : 1 }, from);
    expect(await updateRefusal(change(reserved, { nights: 2 }, from).made)).toMatchObject({
      type: 'TooManyChanges',
    });
    const { historyLength } = await reserved.saga.describe();
    expect(historyLength).toBeLessThan(400);
    await cancel(reserved.saga);
    expect(await reserved.saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await nightsOf(reserved.std)).toEqual([]);
  });
});

describe('a guest who leaves early', () => {
  test('frees the nights from the next day on; the price stays', async () => {
    const reserved = await confirmed();
    const { saga, id, std, request } = reserved;
    await until(request.terms.checkInAt);
    await checkIn(saga);
    await checkOut(saga);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect((await world.log(id)).slice(-3)).toEqual([
      'booking.checked-out',
      'inventory.released',
      'payment.settled',
    ]);
    expect(await nightsOf(std)).toEqual([request.stay.start]);
    expect(await money(id)).toEqual({ held: 0, captured: 36_000, paid_out: 36_000 });
  });

  test('on the last morning frees nothing', async () => {
    const reserved = await confirmed();
    const { saga, id, std, request } = reserved;
    await until(request.terms.checkInAt);
    await checkIn(saga);
    await until(request.terms.checkOutAt, 2 * HOUR);
    await checkOut(saga);
    await saga.result();
    expect(await world.log(id)).not.toContain('inventory.released');
    expect(await nightsOf(std)).toHaveLength(3);
  });
});
