import type { BookingTerms } from '../../domain/booking';
import { type ApiWorld, apiWorld } from './support/api-world';

/* What an item's terms mean for a booking: what is refused, and what the booking is opened with. Now is 15 June 2026. */

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({ env: { BILLING_WAIT_MS: '50' } });
});
afterAll(() => world.close());

let travelers = 0;
const somebody = () => `traveler:t${++travelers}`;

const HOUSE = {
  ...{ system: 'stays', kind: 'property', name: 'House', nightlyPrice: 200, currency: 'EUR' },
  ...{ maxGuests: 6, timeZone: 'Europe/Berlin' },
};
const addItem = async (id: string, terms: object) => {
  const reply = await world.call('POST', '/api/items', {
    as: 'owner:owner-9',
    body: { ...HOUSE, id, ...terms },
  });
  expect(reply.status).toBe(201);
};
const book = (propertyId: string, startDate: string, endDate: string) =>
  world.call('POST', '/api/bookings', { as: somebody(), body: { propertyId, startDate, endDate } });
const reserve = (roomType: string, stayDetails: object) =>
  world.call('POST', '/api/reservations', {
    as: somebody(),
    body: { propertyId: 'HOTEL-900', roomType, stayDetails },
  });
const buy = (itemId: string, body: object) =>
  world.call('POST', '/api/billing', {
    as: somebody(),
    body: { itemId, totalAmountPaid: 200, paymentMethod: 'tok_approved', bookingDetails: {}, ...body },
  });
const termsOf = async (id: string) => {
  const [row] = await world.database.query<{ terms: BookingTerms }>(
    'SELECT terms FROM booking.bookings WHERE id = $1',
    [id],
  );
  return row?.terms;
};

describe('a booking is refused', () => {
  test('for fewer nights than the owner wants, or more', async () => {
    await addItem('PROP-701', { minNights: 3, maxNights: 5 });
    expect((await book('PROP-701', '2026-08-01', '2026-08-03')).json).toMatchObject({
      ...{ status: 400, code: 'invalid-dates' },
      errors: [{ field: 'endDate', message: 'House is taken for 3 nights at least' }],
      reasons: [{ reason: 'minimum-stay', nights: 3 }],
    });
    expect((await book('PROP-701', '2026-08-01', '2026-08-07')).json).toMatchObject({
      reasons: [{ reason: 'maximum-stay', nights: 5 }],
    });
    expect((await book('PROP-701', '2026-08-01', '2026-08-04')).status).toBe(201);
  });

  test('too shortly before check-in', async () => {
    await addItem('PROP-702', { leadTimeHours: 72 });
    expect((await book('PROP-702', '2026-06-17', '2026-06-19')).json).toMatchObject({
      ...{ status: 400, code: 'invalid-dates', errors: [{ field: 'startDate' }] },
      reasons: [{ reason: 'lead-time', hours: 72 }],
    });
    expect((await book('PROP-702', '2026-06-19', '2026-06-20')).status).toBe(201);
  });

  test('of an item that is off sale; bookings it has go on', async () => {
    await addItem('PROP-703', {});
    const { id } = (await book('PROP-703', '2026-08-01', '2026-08-03')).json.booking;
    await world.call('PATCH', '/api/items/PROP-703', { as: 'owner:owner-9', body: { onSale: false } });
    expect((await book('PROP-703', '2026-09-01', '2026-09-03')).json).toMatchObject({
      ...{ status: 409, code: 'not-on-sale' },
    });
    const accepted = await world.call('PUT', `/api/bookings/${id}/accept`, { as: 'owner:owner-9' });
    expect(accepted.status).toBe(200);
  });

  test('of travel under the same terms', async () => {
    const car = { system: 'travel', kind: 'car', capacity: 3 };
    await addItem('CAR-701', { ...car, minNights: 2, leadTimeHours: 24 });
    const dates = { type: 'car', startDate: '2026-06-16', endDate: '2026-06-17' };
    expect((await buy('CAR-701', dates)).json).toMatchObject({
      reasons: [{ reason: 'minimum-stay' }, { reason: 'lead-time' }],
    });
    await addItem('CAR-702', { ...car, onSale: false });
    expect((await buy('CAR-702', dates)).json).toMatchObject({ status: 409, code: 'not-on-sale' });
  });

  test('saying of each night whether it is sold out or closed', async () => {
    await addItem('PROP-704', {});
    await world.database.query(
      "SELECT booking.block_nights('b-704', 'b-704', 'PROP-704', '2026-08-02', '2026-08-04', 1)",
    );
    await world.call('POST', '/api/availability/block', {
      ...{ as: 'owner:owner-9', body: { propertyId: 'PROP-704', from: '2026-08-05', to: '2026-08-06' } },
    });
    const { json } = await book('PROP-704', '2026-08-01', '2026-08-07');
    expect(json).toMatchObject({
      ...{ status: 409, code: 'nights-unavailable' },
      nights: ['2026-08-02', '2026-08-03', '2026-08-05'],
      reasons: [
        { night: '2026-08-02', reason: 'sold-out' },
        { night: '2026-08-03', reason: 'sold-out' },
        { night: '2026-08-05', reason: 'closed' },
      ],
    });
    expect(json.detail).toBe(
      'House is sold out on 2026-08-02, 2026-08-03 and closed by its owner on 2026-08-05. Choose other dates.',
    );
  });
});

describe('a booking is opened with', () => {
  const opened = async (id: string, terms: object) => {
    await addItem(id, terms);
    return await termsOf((await book(id, '2026-08-01', '2026-08-03')).json.booking.id);
  };

  test('a hold five days before check-in, by the item’s calendar, where the owner says nothing', async () => {
    const terms = await opened('PROP-710', {});
    expect(terms?.payment).toEqual({ holdAt: '2026-07-26T22:00:00.000Z' });
    expect(terms).not.toHaveProperty('block');
    expect(terms).not.toHaveProperty('commissionBasisPoints');
    expect(terms).not.toHaveProperty('cancellation');
  });

  test('a deposit of its price', async () => {
    const paymentPolicy = { kind: 'deposit', percent: 30, holdDaysBefore: 2 };
    expect((await opened('PROP-711', { paymentPolicy }))?.payment).toEqual({
      upFront: { amount: 12_000, currency: 'EUR' },
      holdAt: '2026-07-29T22:00:00.000Z',
    });
  });

  test('its whole price up front', async () => {
    expect((await opened('PROP-712', { paymentPolicy: { kind: 'prepaid' } }))?.payment).toEqual({
      upFront: { amount: 40_000, currency: 'EUR' },
      holdAt: '2026-07-31T22:00:00.000Z',
    });
  });

  test('its owner’s policies for cancels and requests, and the house’s share', async () => {
    const cancellation = {
      tiers: [{ hoursBefore: 48, refundPercent: 100 }],
      noShow: { kind: 'percent', percent: 50 },
    };
    const blockPolicy = { pending: 'blocked', expiresAfterSeconds: 900 };
    await addItem('PROP-713', { cancellation, blockPolicy });
    await world.call('PATCH', '/api/items/PROP-713', {
      as: 'admin:root',
      body: { commissionBasisPoints: 1500 },
    });
    const { id } = (await book('PROP-713', '2026-08-01', '2026-08-03')).json.booking;
    expect(await termsOf(id)).toMatchObject({
      cancellation,
      block: blockPolicy,
      commissionBasisPoints: 1500,
    });
  });

  test('terms that a later change does not touch', async () => {
    await addItem('PROP-714', { paymentPolicy: { kind: 'prepaid' } });
    const { id } = (await book('PROP-714', '2026-08-01', '2026-08-03')).json.booking;
    const before = await termsOf(id);
    await world.call('PATCH', '/api/items/PROP-714', {
      ...{
        as: 'owner:owner-9',
        body: { paymentPolicy: { kind: 'at-check-in', holdDaysBefore: 1 }, checkInTime: '18:00' },
      },
    });
    expect(await termsOf(id)).toEqual(before);
  });

  test('no payment plan where travel is paid at once', async () => {
    await addItem('CAR-710', { system: 'travel', kind: 'car', capacity: 3 });
    const { json } = await buy('CAR-710', { type: 'car', startDate: '2026-08-01', endDate: '2026-08-02' });
    const terms = await termsOf(json.bookingId ?? json.billing?.bookingId);
    expect(terms).toMatchObject({ capture: 'before-confirmation' });
    expect(terms).not.toHaveProperty('payment');
  });
});

describe('several rooms of a type', () => {
  const DATES = { checkIn: '2026-08-01', checkOut: '2026-08-03' };

  test('are reserved at once, at their price, for the guests they take together', async () => {
    await addItem('HOTEL-900:STD', {
      system: 'hotel',
      kind: 'room',
      capacity: 3,
      maxGuests: 2,
      instant: true,
    });
    const { status, json } = await reserve('STD', { ...DATES, rooms: 2, guests: 4 });
    expect(status).toBe(201);
    expect(json.data.stayDetails).toMatchObject({ rooms: 2, guests: 4 });
    expect(json.data.pricingDetails.totalPrice).toBe(800);
    const [row] = await world.database.query('SELECT quantity FROM booking.bookings WHERE id = $1', [
      json.data.id,
    ]);
    expect(row).toEqual({ quantity: 2 });
  });

  test.each([
    [{ rooms: 2, guests: 5 }, 400, 'stayDetails.guests'],
    [{ rooms: 4, guests: 2 }, 400, 'stayDetails.rooms'],
    [{ rooms: 0, guests: 2 }, 400, 'stayDetails.rooms'],
  ])('%j are refused', async (rooms, status, field) => {
    const { json } = await reserve('STD', { ...DATES, ...rooms });
    expect(json).toMatchObject({ status, errors: [{ field }] });
  });

  test('that are not all free are refused with the nights', async () => {
    await world.database.query(
      "SELECT booking.block_nights('b-900', 'b-900', 'HOTEL-900:STD', '2026-08-10', '2026-08-11', 2)",
    );
    const stay = { checkIn: '2026-08-09', checkOut: '2026-08-12' };
    expect((await reserve('STD', { ...stay, rooms: 2 })).json).toMatchObject({
      ...{ code: 'nights-unavailable', reasons: [{ night: '2026-08-10', reason: 'sold-out' }] },
    });
    expect((await reserve('STD', { ...stay, quantity: 1 })).status).toBe(201);
  });
});
