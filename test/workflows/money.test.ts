import { GatewayUnreachable } from '../../activities/payment-gateway';
import type { BookingTerms } from '../../domain/booking';
import type { BookingId } from '../../domain/ids';
import { type PaymentPolicy, paymentPlan } from '../../domain/payment-policy';
import {
  cancelUpdate,
  capturePaymentUpdate,
  checkInUpdate,
  providePaymentUpdate,
  refundPaymentUpdate,
} from '../../workflows/messages';
import { addRoom, byOwner, byTraveler, hotelRequest, type RequestOptions } from '../support/bookings';
import { updateRefusal } from '../support/refusals';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Bookings whose refunds the provider fails for now. */
const failing = new Set<string>();

let world: SagaWorld;
let rooms = 0;
beforeAll(async () => {
  world = await sagaWorld((real) => ({
    saveCard: (request) => real.saveCard(request),
    authorize: (request) => real.authorize(request),
    void: (request) => real.void(request),
    settle: (request) => real.settle(request),
    capture: (request) => real.capture(request),
    refund: async (request) => {
      if (failing.has(request.key.split('/')[0] ?? '')) throw new GatewayUnreachable('no refunds today');
      return await real.refund(request);
    },
  }));
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

/** What the booking's card turns out to be by the time it is charged. */
async function chargedAs(id: BookingId, token: string): Promise<void> {
  await world.database.query('UPDATE payment_simulator.cards SET token = $2 WHERE key LIKE $1', [
    `${id}/%`,
    token,
  ]);
}

async function details(id: BookingId, type: string): Promise<object[]> {
  const rows = await world.database.query<{ details: object }>(
    'SELECT details FROM booking.booking_events WHERE booking_id = $1 AND type = $2 ORDER BY sequence',
    [id, type],
  );
  return rows.map((row) => row.details);
}

const usd = (amount: number) => ({ amount, currency: 'USD' });
let orders = 0;
const order = (amount?: number) => {
  orders += 1;
  return { by: byOwner, requestId: `order-${orders}`, ...(amount !== undefined && { amount: usd(amount) }) };
};
const capture = (saga: SagaHandle, amount?: number) =>
  saga.executeUpdate(capturePaymentUpdate, { args: [order(amount)] });
const refund = (saga: SagaHandle, amount?: number) =>
  saga.executeUpdate(refundPaymentUpdate, { args: [order(amount)] });
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
    await chargedAs(booking.id, 'tok_insufficient_funds');
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

describe('a hold that runs out before the stay', () => {
  const EARLY: PaymentPolicy = { kind: 'at-check-in', holdDaysBefore: 14 };

  test('is taken anew every six days, and the old one is given back after that', async () => {
    const { saga, id } = await booked(EARLY);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT', undo: 'none' });
    expect((await days(id)).slice(5, -2)).toEqual([
      'payment.authorized 14',
      'payment.authorized 8',
      'payment.voided 8',
      'payment.authorized 2',
      'payment.voided 2',
      'booking.checked-in 0',
      'payment.captured 0',
    ]);
    expect(await books(id)).toEqual(['voided 36000', 'voided 36000', 'captured 36000 took 36000']);
  });

  test('and is declined then leaves a day for another card while the old one still stands', async () => {
    const { saga, id, terms } = await booked(EARLY);
    await until(terms.payment.holdAt, -HOUR);
    await chargedAs(id, 'tok_declined');
    await until(terms.payment.holdAt, -6 * DAY - HOUR);
    expect((await days(id)).at(-1)).toBe('payment.declined 8');
    expect(await books(id)).toEqual(['held 36000', 'declined 36000']);
    await pay(saga, 'tok_approved');
    await world.env.sleep('1m');
    expect((await days(id)).slice(-2)).toEqual(['payment.authorized 8', 'payment.voided 8']);
    expect(await books(id)).toEqual(['voided 36000', 'declined 36000', 'held 36000']);
  });

  test('and stays declined ends the booking: the old one is given back as well', async () => {
    const { saga, id, itemId, terms } = await booked(EARLY);
    await until(terms.payment.holdAt, -HOUR);
    await chargedAs(id, 'tok_declined');
    expect(await saga.result()).toMatchObject({ state: 'FAILED', undo: 'done' });
    expect((await days(id)).slice(6)).toEqual([
      'payment.declined 8',
      'booking.failed 7',
      'undo.completed void-authorization 7',
      'undo.completed release-nights 7',
    ]);
    expect(await books(id)).toEqual(['voided 36000', 'declined 36000']);
    expect(await world.blockedNights(itemId)).toBe(0);
  });

  test('is not taken anew once check-in time has come: who arrives late keeps their room', async () => {
    const { saga, id, terms } = await booked(AT_CHECK_IN, {
      terms: { stay: 'by-owner' },
    });
    await until(terms.checkInAt, HOUR);
    await chargedAs(id, 'tok_declined');
    await until(terms.noShowAt, HOUR);
    expect((await days(id)).at(-1)).toBe('payment.authorized 5');
    await saga.executeUpdate(checkInUpdate, { args: [{ by: byOwner }] });
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect(await paidOut(id)).toBe(36_000);
  });
});

describe('another card', () => {
  test('given months ahead is kept in place of the first', async () => {
    const { saga, id } = await booked(AT_CHECK_IN);
    await chargedAs(id, 'tok_declined');
    await world.env.sleep('10 days');
    await pay(saga, 'tok_approved');
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect((await days(id)).slice(5, 7)).toEqual(['payment.card-saved 80', 'payment.authorized 5']);
  });

  test('that is declined while the first will do changes nothing', async () => {
    const { saga, id } = await booked(AT_CHECK_IN);
    await pay(saga, 'tok_declined');
    await world.env.sleep('1m');
    expect(await world.booking(id)).toMatchObject({ state: 'CONFIRMED', payment_status: 'card_saved' });
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
  });

  test('given while a hold stands is charged before that is given back', async () => {
    const { saga, id, terms } = await booked(AT_CHECK_IN);
    await until(terms.payment.holdAt, -HOUR);
    await pay(saga, 'tok_approved');
    await world.env.sleep('1m');
    expect((await days(id)).slice(5)).toEqual([
      'payment.authorized 5',
      'payment.authorized 5',
      'payment.voided 5',
    ]);
    expect(await books(id)).toEqual(['voided 36000', 'held 36000']);
  });
});

describe('a provider that cannot be reached when the hold falls due', () => {
  test('is asked until check-in and beyond: the guest comes in, and is charged when it is back', async () => {
    const { saga, id, terms } = await booked({ kind: 'at-check-in', holdDaysBefore: 0 });
    await chargedAs(id, 'tok_unreachable');
    await until(terms.checkInAt, -HOUR);
    expect((await days(id)).at(-1)).toBe('booking.checked-in 0');
    await chargedAs(id, 'tok_approved');
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect(await books(id)).toEqual(['captured 36000 took 36000']);
    expect(await paidOut(id)).toBe(36_000);
  });

  test('does not keep the traveler from cancelling', async () => {
    const { saga, id, itemId, terms } = await booked(AT_CHECK_IN);
    await chargedAs(id, 'tok_down');
    await until(terms.payment.holdAt, -1_000);
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await books(id)).toEqual(['voided 36000']);
    expect(await world.blockedNights(itemId)).toBe(0);
  });
});

describe('the owner takes money before the stay', () => {
  test('part of it: the rest is released, and the booking is settled for what was taken', async () => {
    const { saga, id, terms } = await booked(AT_CHECK_IN);
    await until(terms.payment.holdAt, -HOUR);
    await capture(saga, 20_000);
    await world.env.sleep('1m');
    expect(await books(id)).toEqual(['captured 36000 took 20000']);
    expect(await details(id, 'payment.captured')).toMatchObject([
      { amount: usd(20_000), released: usd(16_000), authorizationId: expect.any(String) },
    ]);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect(await paidOut(id)).toBe(20_000);
    expect((await days(id)).filter((line) => line.startsWith('payment.'))).toEqual([
      'payment.card-saved 90',
      'payment.authorized 5',
      'payment.captured 5',
      'payment.settled -3',
    ]);
  });

  test('no more than is held, nothing where nothing is, and not by the traveler', async () => {
    const { saga, terms } = await booked(AT_CHECK_IN);
    expect(await updateRefusal(capture(saga))).toMatchObject({ type: 'AmountUnavailable' });
    await until(terms.payment.holdAt, -HOUR);
    expect(await updateRefusal(capture(saga, 36_001))).toMatchObject({ type: 'AmountUnavailable' });
    expect(await updateRefusal(capture(saga, 0))).toMatchObject({ type: 'AmountUnavailable' });
    const byGuest = saga.executeUpdate(capturePaymentUpdate, { args: [{ by: byTraveler, requestId: 'r' }] });
    expect(await updateRefusal(byGuest)).toMatchObject({ type: 'NotAllowed' });
    await capture(saga);
    expect(await updateRefusal(capture(saga))).toMatchObject({
      type: expect.stringMatching('Illegal|Amount'),
    });
  });

  test('and the guest cancels after that: what is not the fee goes back', async () => {
    const { saga, id, terms } = await booked(AT_CHECK_IN);
    await until(terms.payment.holdAt, -HOUR);
    await capture(saga, 20_000);
    await world.env.sleep('1m');
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await books(id)).toEqual(['captured 36000 took 20000 gave back 20000']);
    expect(await paidOut(id)).toBe(0);
  });
});

describe('the owner gives money back', () => {
  test('part of a prepaid stay: the owner is paid the rest, less the commission', async () => {
    const { saga, id } = await booked(PREPAID, { terms: { commissionBasisPoints: 1_250 } });
    await refund(saga, 6_000);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect(await books(id)).toEqual(['captured 36000 took 36000 gave back 6000']);
    expect(await paidOut(id)).toBe(26_250);
    expect(await details(id, 'payment.refunded')).toMatchObject([
      { amount: usd(6_000), kind: 'refund', authorizationId: expect.any(String) },
    ]);
    expect(await details(id, 'payment.settled')).toMatchObject([
      { amount: usd(26_250), commission: usd(3_750) },
    ]);
  });

  test('part of a deposit: the rest is still collected, and no more', async () => {
    const { saga, id } = await booked(DEPOSIT);
    await refund(saga, 10_800);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect(await books(id)).toEqual([
      'captured 10800 took 10800 gave back 10800',
      'captured 25200 took 25200',
    ]);
    expect(await paidOut(id)).toBe(25_200);
  });

  test('no more than was taken, counting what is on its way back', async () => {
    const { saga } = await booked(PREPAID);
    expect(await updateRefusal(refund(saga, 36_001))).toMatchObject({ type: 'AmountUnavailable' });
    const both = await Promise.allSettled([refund(saga, 30_000), refund(saga, 30_000)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await updateRefusal(refund(saga, 6_001))).toMatchObject({ type: 'AmountUnavailable' });
    const byGuest = saga.executeUpdate(refundPaymentUpdate, { args: [{ by: byTraveler, requestId: 'r' }] });
    expect(await updateRefusal(byGuest)).toMatchObject({ type: 'NotAllowed' });
    await saga.terminate();
  });

  test('is on record before the owner is paid, however long the provider is away', async () => {
    const { saga, id, terms } = await booked(PREPAID);
    await until(terms.checkOutAt, HOUR);
    failing.add(id);
    await refund(saga, 6_000);
    await until(terms.checkOutAt, -HOUR);
    expect(await world.booking(id)).toMatchObject({ state: 'CHECKED_OUT', payment_status: 'captured' });
    failing.delete(id);
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect((await days(id)).slice(-2)).toEqual(['payment.refunded -3', 'payment.settled -3']);
    expect(await paidOut(id)).toBe(30_000);
  });

  test('while the guest cancels: both go through, and nothing goes back twice', async () => {
    const { saga, id, terms } = await booked(PREPAID);
    await until(terms.checkInAt, 36 * HOUR);
    failing.add(id);
    await refund(saga, 6_000);
    await cancel(saga);
    failing.delete(id);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await books(id)).toEqual(['captured 36000 took 36000 gave back 18000']);
    expect(await paidOut(id)).toBe(18_000);
  });
});
