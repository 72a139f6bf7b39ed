import type { BookingTerms } from '../../domain/booking';
import type { BookingId } from '../../domain/ids';
import { type PaymentPolicy, paymentPlan } from '../../domain/payment-policy';
import { cancelUpdate, providePaymentUpdate } from '../../workflows/messages';
import { addRoom, byTraveler, hotelRequest, type RequestOptions } from '../support/bookings';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';

const HOUR = 3_600_000;

let world: SagaWorld;
let rooms = 0;
beforeAll(async () => {
  world = await sagaWorld();
});
afterAll(() => world.close());

const AT_CHECK_IN: PaymentPolicy = { kind: 'at-check-in', holdDaysBefore: 5 };
const PREPAID: PaymentPolicy = { kind: 'prepaid' };
const DEPOSIT: PaymentPolicy = { kind: 'deposit', percent: 30, holdDaysBefore: 5 };

/** A booking of three nights at 120.00 USD, kept by the clock, 90 days ahead unless said otherwise. */
async function booked(
  policy: PaymentPolicy,
  { terms, ...options }: Partial<RequestOptions> & { readonly terms?: Partial<BookingTerms> } = {},
) {
  rooms += 1;
  const itemId = options.itemId ?? (await addRoom(world.database, `HOTEL-MONEY-${rooms}:STD`));
  const request = hotelRequest({ now: await world.now(), daysAhead: 90, ...options, itemId });
  const payment = paymentPlan(policy, request.price, request.stay.start, (day) => `${day}T00:00:00.000Z`);
  const full = { ...request, terms: { ...request.terms, stay: 'by-timer', payment, ...terms } as const };
  const saga = await world.open(full);
  await world.env.sleep('1m');
  return { itemId, id: request.bookingId, saga, terms: full.terms };
}

async function until(instant: string | undefined, lessMs = 0) {
  await world.env.sleep(Date.parse(instant ?? '') - lessMs - (await world.now()));
}

/** Each fact of the booking's log and how many days before check-in's day it came about; undos with their step. */
async function days(id: BookingId): Promise<string[]> {
  const rows = await world.database.query<{ line: string }>(
    `SELECT e.type || COALESCE(' ' || (details->>'step'), '') || ' ' || (b.start_date - (e.at AT TIME ZONE 'UTC')::date)
       AS line
     FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id
     WHERE e.booking_id = $1 ORDER BY e.sequence`,
    [id],
  );
  return rows.map(({ line }) => line);
}

/** What the provider's books say of each authorization, oldest first: status, amount, captured, refunded. */
async function books(id: BookingId): Promise<string[]> {
  const rows = await world.database.query<{ line: string }>(
    `SELECT status || ' ' || amount || CASE WHEN captured > 0 THEN ' took ' || captured ELSE '' END
       || CASE WHEN refunded > 0 THEN ' gave back ' || refunded ELSE '' END AS line
     FROM payment_simulator.authorizations WHERE booking_id = $1 ORDER BY created_at, key`,
    [id],
  );
  return rows.map(({ line }) => line);
}

async function paidOut(id: BookingId): Promise<number> {
  const rows = await world.database.query<{ amount: number }>(
    'SELECT amount FROM payment_simulator.payouts WHERE booking_id = $1',
    [id],
  );
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}

const pay = (saga: SagaHandle, paymentToken: string) =>
  saga.executeUpdate(providePaymentUpdate, { args: [{ by: byTraveler, paymentToken }] });
const cancel = (saga: SagaHandle) => saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });

describe('a stay booked three months ahead', () => {
  test('paid at check-in: the card is saved, the hold taken five days before, captured at check-in, settled after', async () => {
    const { saga, id } = await booked(AT_CHECK_IN);
    expect(await books(id)).toEqual([]);
    expect(await world.booking(id)).toMatchObject({ state: 'CONFIRMED', payment_status: 'card_saved' });
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT', undo: 'none' });
    expect(await days(id)).toEqual([
      'booking.opened 90',
      'booking.accepted 90',
      'payment.card-saved 90',
      'inventory.blocked 90',
      'booking.confirmed 90',
      'payment.authorized 5',
      'booking.checked-in 0',
      'payment.captured 0',
      'booking.checked-out -3',
      'payment.settled -3',
    ]);
    expect(await books(id)).toEqual(['captured 36000 took 36000']);
    expect(await paidOut(id)).toBe(36_000);
  });

  test('prepaid: the whole price is taken before it is confirmed', async () => {
    const { saga, id } = await booked(PREPAID);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT', undo: 'none' });
    expect(await days(id)).toEqual([
      'booking.opened 90',
      'booking.accepted 90',
      'payment.authorized 90',
      'inventory.blocked 90',
      'payment.captured 90',
      'booking.confirmed 90',
      'booking.checked-in 0',
      'booking.checked-out -3',
      'payment.settled -3',
    ]);
    expect(await books(id)).toEqual(['captured 36000 took 36000']);
    expect(await paidOut(id)).toBe(36_000);
  });

  test('with a deposit: that is taken before it is confirmed, and the rest like any other stay', async () => {
    const { saga, id } = await booked(DEPOSIT);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT', undo: 'none' });
    expect(await days(id)).toEqual([
      'booking.opened 90',
      'booking.accepted 90',
      'payment.authorized 90',
      'inventory.blocked 90',
      'payment.captured 90',
      'booking.confirmed 90',
      'payment.authorized 5',
      'booking.checked-in 0',
      'payment.captured 0',
      'booking.checked-out -3',
      'payment.settled -3',
    ]);
    expect(await books(id)).toEqual(['captured 10800 took 10800', 'captured 25200 took 25200']);
    expect(await paidOut(id)).toBe(36_000);
  });
});

describe('a cancel of a booking that has paid, under a policy of half the price a day before', () => {
  test.each([
    ['prepaid, keeps the fee of what was taken', PREPAID, ['captured 36000 took 36000 gave back 18000']],
    [
      'with a deposit, keeps all of that and takes the rest of the fee from the hold',
      DEPOSIT,
      ['captured 10800 took 10800', 'captured 25200 took 7200'],
    ],
  ])('%s; the owner is paid the fee', async (_, policy, provider) => {
    const { saga, id, itemId, terms } = await booked(policy);
    await until(terms.checkInAt, 36 * HOUR);
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await books(id)).toEqual(provider);
    expect(await paidOut(id)).toBe(18_000);
    expect(await world.blockedNights(itemId)).toBe(0);
  });

  test('costs no more than the deposit while nothing else is held', async () => {
    const { saga, id, terms } = await booked(DEPOSIT, {
      terms: { cancellation: { tiers: [], noShow: { kind: 'nights', nights: 1 } } },
    });
    await until(terms.payment.holdAt, HOUR);
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await books(id)).toEqual(['captured 10800 took 10800']);
    expect(await paidOut(id)).toBe(10_800);
  });

  test('early enough gives everything back', async () => {
    const { saga, id } = await booked(DEPOSIT);
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await books(id)).toEqual(['captured 10800 took 10800 gave back 10800']);
    expect(await paidOut(id)).toBe(0);
  });
});

describe('a stay that is near', () => {
  test('has its hold at once', async () => {
    const { saga, id } = await booked(AT_CHECK_IN, { daysAhead: 3 });
    expect(await books(id)).toEqual(['held 36000']);
    await saga.result();
    expect((await days(id)).filter((line) => line.startsWith('payment'))).toEqual([
      'payment.authorized 3',
      'payment.captured 0',
      'payment.settled -3',
    ]);
  });

  test('with a deposit has both at once, and only the deposit is taken', async () => {
    const { id } = await booked(DEPOSIT, { daysAhead: 3 });
    expect(await books(id)).toEqual(['captured 10800 took 10800', 'held 25200']);
  });
});

describe('a hold that is declined when it falls due', () => {
  /** Confirmed months ahead on a card that is declined by the time it is charged. */
  async function declinedLater() {
    const booking = await booked(AT_CHECK_IN);
    await world.database.query(
      `UPDATE payment_simulator.cards SET token = 'tok_insufficient_funds' WHERE key LIKE $1`,
      [`${booking.id}/%`],
    );
    await until(booking.terms.payment.holdAt, -60_000);
    expect(await world.booking(booking.id)).toMatchObject({ state: 'CONFIRMED', payment_status: 'declined' });
    return booking;
  }

  test('leaves a day for another card, which is charged at once', async () => {
    const { saga, id } = await declinedLater();
    await world.env.sleep('23h');
    await pay(saga, 'tok_approved');
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect((await days(id)).slice(5, 8)).toEqual([
      'payment.declined 5',
      'payment.authorized 5',
      'booking.checked-in 0',
    ]);
    expect(await books(id)).toEqual(['declined 36000', 'captured 36000 took 36000']);
  });

  test('and stays so ends the booking as FAILED: the nights are free, nothing is held', async () => {
    const { saga, id, itemId } = await declinedLater();
    expect(await saga.result()).toMatchObject({
      state: 'FAILED',
      undo: 'done',
      reason: { code: 'payment-declined' },
    });
    expect((await days(id)).slice(5)).toEqual([
      'payment.declined 5',
      'booking.failed 4',
      'undo.completed release-nights 4',
    ]);
    expect(await books(id)).toEqual(['declined 36000']);
    expect(await world.blockedNights(itemId)).toBe(0);
  });
});
