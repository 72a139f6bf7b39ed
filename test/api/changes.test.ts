import { MAX_CHANGES } from '../../domain/change';
import type { BookingId } from '../../domain/ids';
import { type ApiWorld, apiWorld, NOON } from './support/api-world';

const BODY = {
  propertyId: 'HOTEL-001',
  roomType: 'STD',
  guestDetails: { name: 'Ann Lee', email: 'ann@example.com' },
  stayDetails: { checkIn: '2026-07-01', checkOut: '2026-07-04', guests: 2 },
  paymentToken: 'tok_approved',
};
const OWNER = 'owner:owner-3';
const saga = { role: 'SYSTEM', id: 'saga' } as const;

let world: ApiWorld;
let guests = 0;
let ann = '';
beforeAll(async () => {
  world = await apiWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  ann = `traveler:g${++guests}`;
});
afterEach(() => world.setNow(NOON));

const at = (rsv: string, rest = '') => `/api/reservations/${rsv}${rest}`;
const put = (rsv: string, body: unknown, as = ann, key?: string) =>
  world.call('PUT', at(rsv), { as, body, ...(key && { key }) });
const quote = (rsv: string, query: string, as = ann) =>
  world.call('GET', at(rsv, `/change-quote?${query}`), { as });

/** A reservation whose saga has come as far as CONFIRMED. */
async function confirmed(body: object = {}) {
  const { json } = await world.call('POST', '/api/reservations', { as: ann, body: { ...BODY, ...body } });
  const id = json.data.id as BookingId;
  for (const fact of [
    'booking.accepted',
    'payment.authorized',
    'inventory.blocked',
    'booking.confirmed',
  ] as const)
    await world.saga.commit(id, fact, saga);
  return { id, rsv: json.data.confirmationNumber as string };
}

test('is made by its guest: what is left out stays, the whole is priced anew, the times follow the dates', async () => {
  const { id, rsv } = await confirmed();
  const { status, json } = await put(rsv, {
    stayDetails: { checkOut: '2026-07-06T00:00:00.000Z' },
    status: 'x',
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    success: true,
    message: 'Reservation modified successfully',
    data: {
      confirmationNumber: rsv,
      state: 'CONFIRMED',
      status: 'confirmed',
      stayDetails: {
        checkIn: '2026-07-01',
        checkOut: '2026-07-06',
        nights: 5,
        guests: 2,
        checkOutAt: '2026-07-06T09:00:00.000Z',
      },
      pricingDetails: { totalPrice: 600, currency: 'USD' },
    },
  });
  expect(world.saga.said.at(-1)).toMatchObject({
    method: 'change',
    bookingId: id,
    message: {
      by: { role: 'TRAVELER' },
      from: { itemId: 'HOTEL-001:STD', price: { amount: 36_000 } },
      to: {
        itemId: 'HOTEL-001:STD',
        stay: { start: '2026-07-01', end: '2026-07-06' },
        price: { amount: 60_000 },
        terms: { stay: 'by-owner', checkOutAt: '2026-07-06T09:00:00.000Z' },
      },
    },
  });
  const read = await world.call('GET', at(rsv), { as: ann });
  expect(read.json.data.timeline.at(-1)).toMatchObject({
    type: 'booking.modified',
    actor: 'TRAVELER',
    details: {
      from: { itemId: 'HOTEL-001:STD', checkOut: '2026-07-04', totalPrice: 360 },
      to: { itemId: 'HOTEL-001:STD', checkOut: '2026-07-06', totalPrice: 600 },
      difference: 240,
      currency: 'USD',
    },
  });
});

test('is made by its owner, also into a room by approval; by nobody else', async () => {
  const { rsv } = await confirmed();
  const suite = { roomType: 'SUITE', stayDetails: { guests: 4 } };
  expect((await put(rsv, suite, 'traveler:eve')).status).toBe(404);
  expect((await put(rsv, suite, 'owner:owner-1')).status).toBe(404);
  expect((await put(rsv, suite, 'admin:root')).status).toBe(403);
  expect((await put(rsv, suite)).json).toMatchObject({ status: 403, code: 'forbidden' });
  const { json } = await put(rsv, suite, OWNER);
  expect(json.data).toMatchObject({
    propertyId: 'HOTEL-001',
    roomType: 'SUITE',
    stayDetails: { roomName: 'Hotel am Park, suite', guests: 4 },
    pricingDetails: { totalPrice: 960 },
  });
  expect(world.saga.said.at(-1)?.message).toMatchObject({ by: { role: 'OWNER' } });
});

test.each([
  ['nothing', {}, 400, 'invalid-request', 'stayDetails.checkIn'],
  [
    'what is agreed already',
    { roomType: 'STD', stayDetails: { guests: 2 } },
    400,
    'invalid-request',
    'roomType',
  ],
  ['a room that is none', { roomType: 'CASTLE' }, 400, 'invalid-request', 'roomType'],
  ['another property', { propertyId: 'HOTEL-002' }, 400, 'invalid-request', 'propertyId'],
  ['too many guests', { stayDetails: { guests: 3 } }, 400, 'invalid-request', 'stayDetails.guests'],
  [
    'an end before its start',
    { stayDetails: { checkIn: '2026-07-05' } },
    400,
    'invalid-dates',
    'stayDetails.checkOut',
  ],
  [
    'a start that is past',
    { stayDetails: { checkIn: '2026-06-14' } },
    400,
    'invalid-dates',
    'stayDetails.checkIn',
  ],
  [
    'no date of the calendar',
    { stayDetails: { checkOut: '2026-06-31' } },
    400,
    'invalid-dates',
    'stayDetails.checkOut',
  ],
])('is refused for %s, by the name of the field', async (_, body, status, code, field) => {
  const { rsv } = await confirmed();
  const { json } = await put(rsv, body);
  expect(json).toMatchObject({ status, code });
  expect(json.errors.map((error: { field: string }) => error.field)).toContain(field);
  expect(world.saga.said.at(-1)?.method).not.toBe('change');
});

test('with a total that is not the price is refused with the quote', async () => {
  const { rsv } = await confirmed();
  const body = { stayDetails: { checkOut: '2026-07-05' }, totalPrice: 360 };
  expect((await put(rsv, body)).json).toMatchObject({
    code: 'price-changed',
    quote: { nights: 4, totalPrice: 480 },
  });
  expect((await put(rsv, { ...body, totalPrice: 480 })).status).toBe(200);
});

test('names the nights that are not free; those it has itself do not count', async () => {
  const { id, rsv } = await confirmed({
    stayDetails: { checkIn: '2026-08-01', checkOut: '2026-08-04', guests: 2 },
  });
  await world.database.query(
    `INSERT INTO booking.availability_calendar (item_id, night, capacity, blocked, closed) VALUES
     ('HOTEL-001:STD', '2026-08-03', 10, 10, false), ('HOTEL-001:STD', '2026-08-04', 10, 0, true),
     ('HOTEL-001:STD', '2026-08-05', 10, 10, false)`,
  );
  await world.database.query(
    `INSERT INTO booking.inventory_blocks (id, booking_id, item_id, quantity, status)
     VALUES ($1 || ':block:1', $1, 'HOTEL-001:STD', 1, 'live')`,
    [id],
  );
  await world.database.query(
    `INSERT INTO booking.blocked_nights VALUES ($1 || ':block:1', 'HOTEL-001:STD', '2026-08-03')`,
    [id],
  );
  const gone = ['2026-08-04', '2026-08-05'];
  const { json } = await put(rsv, { stayDetails: { checkOut: '2026-08-07' } });
  expect(json).toMatchObject({ status: 409, code: 'nights-unavailable', nights: gone });
  const { data } = (await quote(rsv, 'checkOut=2026-08-07')).json;
  expect(data).toMatchObject({ available: false, unavailableNights: gone });
});

test('says what its saga refuses: nights that went meanwhile, a declined card, another change', async () => {
  const { rsv } = await confirmed();
  const body = { stayDetails: { guests: 1 } };
  world.saga.answerNext({
    outcome: 'refused',
    refusal: 'NightsUnavailable',
    message: 'the nights are no longer free: 2026-07-05',
    details: [['2026-07-05']],
  });
  expect((await put(rsv, body)).json).toMatchObject({ code: 'nights-unavailable', nights: ['2026-07-05'] });
  world.saga.answerNext({ outcome: 'refused', refusal: 'PaymentDeclined', message: 'declined' });
  expect((await put(rsv, body)).json).toMatchObject({ status: 402, code: 'payment-declined' });
  world.saga.answerNext({ outcome: 'refused', refusal: 'ChangedMeanwhile', message: 'another change' });
  expect((await put(rsv, body)).json).toMatchObject({ status: 409, code: 'changed-meanwhile' });
  world.saga.answerNext({ outcome: 'refused', refusal: 'TooManyChanges', message: 'eleven' });
  expect((await put(rsv, body)).json).toMatchObject({ status: 409, code: 'too-many-changes' });
});

test('is refused before it is confirmed, once check-in has begun, and once it is over', async () => {
  const body = { stayDetails: { checkOut: '2026-07-05' } };
  const { json } = await world.call('POST', '/api/reservations', { as: ann, body: BODY });
  const early = await put(json.data.confirmationNumber, body);
  expect(early.json).toMatchObject({ code: 'illegal-transition', state: 'PENDING' });
  ann = `traveler:g${++guests}`;
  const { rsv } = await confirmed();
  world.setNow('2026-07-01T13:00:00.000Z');
  const late = await put(rsv, body);
  expect(late.json).toMatchObject({ code: 'illegal-transition', state: 'CONFIRMED' });
  expect(late.json.detail).toMatch('2026-07-01T13:00:00.000Z');
  world.setNow(NOON);
  await world.call('DELETE', at(rsv), { as: ann });
  expect((await put(rsv, body)).json).toMatchObject({ code: 'illegal-transition', state: 'CANCELLED' });
});

test('is refused after too many', async () => {
  const { rsv } = await confirmed();
  for (let n = 0; n < MAX_CHANGES; n += 1) {
    expect((await put(rsv, { stayDetails: { guests: 1 + (n % 2) } }, ann)).status).toBe(200);
  }
  expect((await put(rsv, { stayDetails: { guests: 1 } })).json).toMatchObject({ code: 'too-many-changes' });
  expect((await quote(rsv, 'guests=1')).json).toMatchObject({ code: 'too-many-changes' });
});

describe('under a key', () => {
  const body = { stayDetails: { checkOut: '2026-07-07' } };
  const made = async (id: BookingId) =>
    (
      await world.database.query(
        `SELECT 1 FROM booking.booking_events WHERE booking_id = $1 AND type = 'booking.modified'`,
        [id],
      )
    ).length;

  test('is made once, and its answer replayed', async () => {
    const { id, rsv } = await confirmed();
    const first = await put(rsv, body, ann, 'change-1');
    const again = await put(rsv, body, ann, 'change-1');
    expect(again.text).toBe(first.text);
    expect(await made(id)).toBe(1);
    expect((await put(rsv, { stayDetails: { guests: 1 } }, ann, 'change-1')).status).toBe(422);
  });

  test('whose answer was lost is found in the log, also when the reservation has ended since', async () => {
    const { id, rsv } = await confirmed();
    world.saga.loseNextAnswer();
    expect((await put(rsv, body, ann, 'change-2')).json.code).toBe('outcome-unknown');
    await world.saga.commit(id, 'booking.cancelled', saga);
    const again = await put(rsv, body, ann, 'change-2');
    expect(again.json).toMatchObject({ message: 'Reservation modified successfully' });
    expect(again.json.data).toMatchObject({ state: 'CANCELLED', stayDetails: { checkOut: '2026-07-07' } });
    expect(await made(id)).toBe(1);
  });

  test('whose answer was lost asks the saga again under the same id where the log does not show it', async () => {
    const { id, rsv } = await confirmed();
    world.saga.answerNext({ outcome: 'unknown' });
    expect((await put(rsv, body, ann, 'change-3')).status).toBe(503);
    const first = world.saga.said.at(-1);
    expect((await put(rsv, body, ann, 'change-3')).status).toBe(200);
    expect(world.saga.said.at(-1)?.updateId).toBe(first?.updateId);
    expect(await made(id)).toBe(1);
  });
});

describe('its quote', () => {
  test('says old, new and difference, to guest, owner and administrator, and takes nothing', async () => {
    const { rsv } = await confirmed();
    for (const as of [ann, OWNER, 'admin:root']) {
      const { status, json } = await quote(rsv, 'checkIn=2026-07-02&guests=1', as);
      expect(status).toBe(200);
      expect(json.data).toEqual({
        confirmationNumber: rsv,
        asOf: NOON,
        from: {
          ...{ roomType: 'STD', checkIn: '2026-07-01', checkOut: '2026-07-04', nights: 3 },
          ...{ guests: 2, totalPrice: 360 },
        },
        to: {
          ...{ roomType: 'STD', checkIn: '2026-07-02', checkOut: '2026-07-04', nights: 2 },
          ...{ guests: 1, totalPrice: 240 },
        },
        difference: -120,
        currency: 'USD',
        available: true,
        unavailableNights: [],
      });
    }
    expect((await quote(rsv, 'guests=1', 'traveler:eve')).status).toBe(404);
    expect((await world.call('GET', at(rsv), { as: ann })).json.data.sequence).toBe(5);
  });

  test('refuses what a change would be refused for, and fields it does not know', async () => {
    const { rsv } = await confirmed();
    expect((await quote(rsv, '')).json.code).toBe('invalid-request');
    expect((await quote(rsv, 'guests=2')).json.code).toBe('invalid-request');
    expect((await quote(rsv, 'guests=x')).json.code).toBe('invalid-request');
    expect((await quote(rsv, 'checkIn=2026-01-01')).json.code).toBe('invalid-dates');
    expect((await quote(rsv, 'roomType=SUITE')).json.code).toBe('forbidden');
    expect((await quote(rsv, 'guest=1')).json).toMatchObject({ code: 'invalid-request' });
  });
});
