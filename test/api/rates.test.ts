import type { BookingId } from '../../domain/ids';
import { type ApiWorld, apiWorld, NOON } from './support/api-world';

const OWNER = 'owner:owner-3';
const ROOM = { propertyId: 'HOTEL-001', roomType: 'STD' };
/** Wednesday to Saturday, 16 days on. */
const STAY = { checkIn: '2026-07-01', checkOut: '2026-07-04' };
const saga = { role: 'SYSTEM', id: 'saga' } as const;
const MINUTE = 60_000;

let world: ApiWorld;
let guests = 0;
beforeAll(async () => {
  world = await apiWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.setNow(NOON);
  await world.database.query('DELETE FROM booking.rate_plans');
  await world.database.query('DELETE FROM booking.quotes WHERE agreed_for IS NULL');
});

const somebody = () => `traveler:r${++guests}`;
const quote = (query: Record<string, string | number> = {}) => {
  const all = { ...ROOM, ...STAY, guests: 2, ...query };
  const text = Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return world.call('GET', `/api/rates/quote?${text}`);
};
const put = (
  plan: object,
  { as = OWNER, ...rest }: { as?: string; reason?: string; place?: object } = {},
) => {
  const { place = ROOM, ...more } = rest;
  return world.call('PUT', '/api/rates', { as, body: { ...place, plan, ...more } });
};
const reserve = (change: object = {}, as = somebody(), key?: string) =>
  world.call('POST', '/api/reservations', {
    as,
    ...(key && { key }),
    body: { ...ROOM, stayDetails: { ...STAY, guests: 2 }, paymentToken: 'tok_approved', ...change },
  });
const minutesLater = (minutes: number) =>
  world.setNow(new Date(Date.parse(NOON) + minutes * MINUTE).toISOString());

const PLAN = {
  code: 'STANDARD',
  basePrice: 100,
  seasons: [{ name: 'Fair', from: '2026-07-03', to: '2026-07-10', price: 200 }],
  lengthOfStay: [{ minNights: 3, percent: 10 }],
  fees: [{ name: 'Final cleaning', amount: 25.5, per: 'stay' }],
  taxes: [{ name: 'VAT', percent: 7 }],
};

describe('a quote', () => {
  test('of an item without a plan is its nightly price, every night', async () => {
    const { status, json } = await quote();
    expect(status).toBe(200);
    expect(json).toMatchObject({
      success: true,
      data: {
        quoteId: expect.stringMatching(/^QUO/),
        expiresAt: new Date(Date.parse(NOON) + 15 * MINUTE).toISOString(),
        ...{ itemId: 'HOTEL-001:STD', ...ROOM, ...STAY, ratePlan: 'STANDARD' },
        ...{ nights: 3, guests: 2, quantity: 1, nightlyPrice: 120, totalPrice: 360, currency: 'USD' },
        lines: [
          { kind: 'night', date: '2026-07-01', amount: 120, unitPrice: 120, applied: [] },
          { kind: 'night', date: '2026-07-02', amount: 120 },
          { kind: 'night', date: '2026-07-03', amount: 120 },
        ],
        ...{ includedTaxes: [], available: true, unavailableNights: [] },
      },
    });
  });

  test('goes by the plan, line by line', async () => {
    await put(PLAN);
    expect((await quote()).json.data).toMatchObject({
      totalPrice: 385.5,
      lines: [
        { amount: 100 },
        { amount: 100 },
        { amount: 200, applied: [{ rule: 'season', name: 'Fair', price: 200 }] },
        { kind: 'discount', name: 'length-of-stay', percent: 10, amount: -40 },
        { kind: 'fee', name: 'Final cleaning', per: 'stay', amount: 25.5 },
      ],
      includedTaxes: [{ name: 'VAT', percent: 7, amount: 25.22 }],
    });
  });

  test('goes by how full the house is, and names the nights that are gone', async () => {
    const dynamic = { occupancy: [{ atLeastPercent: 80, percent: 50 }] };
    await put({ code: 'STANDARD', basePrice: 100, dynamic });
    await world.database.query(
      `INSERT INTO booking.availability_calendar (item_id, night, capacity, blocked)
       VALUES ('HOTEL-001:STD', '2026-07-02', 10, 8), ('HOTEL-001:STD', '2026-07-03', 10, 10)`,
    );
    const { json } = await quote();
    await world.database.query('DELETE FROM booking.availability_calendar');
    expect(json.data).toMatchObject({
      ...{
        totalPrice: 400,
        available: false,
        unavailableNights: ['2026-07-03'],
        reasons: [{ night: '2026-07-03', reason: 'sold-out' }],
      },
      lines: [{ amount: 100 }, { amount: 150 }, { amount: 150 }],
    });
  });

  test('of a flight is for its departure, a seat a guest', async () => {
    const flight = (
      await world.database.query<{ day: string }>(
        "SELECT departure_date::text AS day FROM booking.items WHERE id = 'FLIGHT-AA601'",
      )
    )[0]?.day;
    const ask = (checkIn: string, checkOut: string) =>
      world.call(
        'GET',
        `/api/rates/quote?propertyId=FLIGHT-AA601&checkIn=${checkIn}&checkOut=${checkOut}&quantity=2`,
      );
    expect(flight).toBe('2026-07-30');
    expect((await ask('2026-07-30', '2026-07-31')).json.data).toMatchObject({
      guests: 2,
      totalPrice: 599.98,
    });
    expect((await ask('2026-07-29', '2026-07-30')).json.code).toBe('invalid-dates');
  });

  const refused: [string, Record<string, string | number>, number, string, string][] = [
    ['an unknown room', { roomType: 'PALACE' }, 404, 'not-found', ''],
    ['a past date', { checkIn: '2026-06-01' }, 400, 'invalid-dates', 'checkIn'],
    ['an end before the start', { checkOut: '2026-07-01' }, 400, 'invalid-dates', 'checkOut'],
    ['more guests than fit', { guests: 3 }, 400, 'invalid-request', 'guests'],
    ['half a guest', { guests: 1.5 }, 400, 'invalid-request', 'guests'],
    ['more rooms than there are', { quantity: 11 }, 400, 'invalid-request', 'quantity'],
  ];
  test.each(refused)('for %s is refused', async (_, query, status, code, field) => {
    const { json } = await quote(query);
    expect(json).toMatchObject({ status, code, ...(field && { errors: [{ field }] }) });
  });

  test('of a plan that is not there names those that are', async () => {
    await put({ ...PLAN, code: 'EARLY' });
    const { json } = await quote({ ratePlan: 'LATE' });
    expect(json).toMatchObject({ code: 'invalid-request', errors: [{ field: 'ratePlan' }] });
    expect(json.detail).toContain('there are EARLY, STANDARD');
    expect((await quote({ ratePlan: 'EARLY' })).json.data.totalPrice).toBe(385.5);
    expect((await quote()).json.data.totalPrice).toBe(360);
  });
});

describe('a booking', () => {
  test('is priced by the plan and shows what the price is made of', async () => {
    await put(PLAN);
    const { status, json } = await reserve();
    expect(status).toBe(201);
    expect(json.data.pricingDetails).toMatchObject({
      ...{ totalPrice: 385.5, ratePlan: 'STANDARD' },
      lines: [{ amount: 100 }, { amount: 100 }, { amount: 200 }, { amount: -40 }, { amount: 25.5 }],
      includedTaxes: [{ name: 'VAT', amount: 25.22 }],
    });
    expect(world.saga.said.at(-1)?.message).toMatchObject({
      price: { amount: 38_550, currency: 'USD' },
      rate: { plan: 'STANDARD', quoteId: expect.stringMatching(/^QUO/) },
    });
    const { json: read } = await world.call('GET', `/api/bookings/${json.data.id}`, {
      as: `traveler:r${guests}`,
    });
    expect(read.booking).toMatchObject({
      ratePlan: 'STANDARD',
      pricingDetails: { lines: expect.any(Array) },
    });
  });

  test('of an item without a plan has the same price every night', async () => {
    const { json } = await reserve({ ratePlan: 'BAR' });
    expect(json.data.pricingDetails).toMatchObject({
      ...{ totalPrice: 360, ratePlan: 'STANDARD' },
      lines: [{ amount: 120 }, { amount: 120 }, { amount: 120 }],
    });
    expect(world.saga.said.at(-1)?.message).toMatchObject({ rate: { plan: 'STANDARD' } });
  });

  test('made with a quote has its price, however rates moved', async () => {
    const { quoteId } = (await quote()).json.data;
    await put({ ...PLAN, basePrice: 500 });
    minutesLater(14);
    const { status, json } = await reserve({ quoteId });
    expect(status).toBe(201);
    expect(json.data.pricingDetails.totalPrice).toBe(360);
  });

  test('made with the total of a quote that was given out has its price', async () => {
    await quote();
    await put({ ...PLAN, basePrice: 500 });
    minutesLater(14);
    expect((await reserve({ totalPrice: 360 })).json.data.pricingDetails.totalPrice).toBe(360);
    minutesLater(15);
    const late = await reserve({ totalPrice: 360 });
    expect(late.json).toMatchObject({
      code: 'price-changed',
      quote: { totalPrice: 1105.5, ratePlan: 'STANDARD', nights: 3, lines: expect.any(Array) },
    });
  });

  test('of another number of guests, or of other nights, does not have a quote’s total', async () => {
    await quote({ guests: 1 });
    await quote({ checkOut: '2026-07-05' });
    await put({ ...PLAN, basePrice: 500 });
    expect((await reserve({ totalPrice: 360 })).json.code).toBe('price-changed');
    expect((await reserve({ totalPrice: 480 })).json.code).toBe('price-changed');
  });

  const foreign: [string, Record<string, string | number>, string][] = [
    ['another room', { roomType: 'SUITE' }, 'something else'],
    ['other nights', { checkOut: '2026-07-05' }, '2026-07-01 to 2026-07-05'],
    ['another number of guests', { guests: 1 }, 'guests: 1'],
    ['another number of rooms', { quantity: 2 }, 'quantity: 2'],
  ];
  test.each(foreign)('made with a quote of %s is refused', async (_, query, why) => {
    const { quoteId } = (await quote(query)).json.data;
    const { json } = await reserve({ quoteId });
    expect(json).toMatchObject({ status: 409, code: 'quote-not-valid', errors: [{ field: 'quoteId' }] });
    expect(json.detail).toContain(why);
    expect(json.detail).toContain('Ask GET /api/rates/quote');
  });

  test('made with a quote of another plan, an expired one, or none there is, is refused', async () => {
    await put({ ...PLAN, code: 'EARLY' });
    const { quoteId } = (await quote({ ratePlan: 'EARLY' })).json.data;
    expect((await reserve({ quoteId, ratePlan: 'STANDARD' })).json.code).toBe('quote-not-valid');
    expect((await reserve({ quoteId: 'QUO404' })).json.code).toBe('quote-not-valid');
    minutesLater(15);
    expect((await reserve({ quoteId })).json).toMatchObject({
      code: 'quote-not-valid',
      detail: expect.stringContaining('was honoured until'),
    });
  });

  test('made with a quote and another total is refused with the quote', async () => {
    const { quoteId } = (await quote()).json.data;
    expect((await reserve({ quoteId, totalPrice: 359 })).json).toMatchObject({
      code: 'price-changed',
      quote: { totalPrice: 360 },
    });
  });

  test('that was not opened at once has its price when the request is repeated, however late', async () => {
    const { quoteId } = (await quote()).json.data;
    const ann = somebody();
    world.saga.answerNext({ outcome: 'unsent' });
    expect((await reserve({ quoteId }, ann, 'late')).json.code).toBe('unavailable');
    await put({ ...PLAN, basePrice: 500 });
    minutesLater(30);
    const { status, json } = await reserve({ quoteId }, ann, 'late');
    expect(status).toBe(201);
    expect(json.data.pricingDetails.totalPrice).toBe(360);
  });

  test('of each other system is priced by its item’s plan too', async () => {
    const plan = { code: 'STANDARD', basePrice: 100, fees: [{ name: 'Cleaning', amount: 50, per: 'stay' }] };
    await put(plan, { as: 'owner:owner-1', place: { propertyId: 'PROP-001' } });
    await put(plan, { as: 'owner:car-rental-1', place: { propertyId: 'CAR-ECON' } });
    const dates = { startDate: '2026-07-01', endDate: '2026-07-03' };
    const stays = await world.call('POST', '/api/bookings', {
      as: somebody(),
      body: { propertyId: 'PROP-001', ...dates, totalPrice: 250 },
    });
    expect(stays.json.booking).toMatchObject({ totalPrice: 250, ratePlan: 'STANDARD' });
    const travelers = await world.call('POST', '/api/travelers/bookings', {
      as: somebody(),
      body: {
        property_id: 'PROP-001',
        check_in_date: '2026-08-01',
        check_out_date: '2026-08-03',
        total_price: 249,
      },
    });
    expect(travelers.json).toMatchObject({ code: 'price-changed', quote: { totalPrice: 250 } });
    world.saga.goOn(
      { type: 'booking.accepted' },
      { type: 'payment.authorized' },
      { type: 'booking.confirmed' },
    );
    const travel = await world.call('POST', '/api/billing', {
      as: somebody(),
      body: {
        ...{ type: 'car', itemId: 'CAR-ECON', ...dates, quantity: 2 },
        ...{ totalAmountPaid: 500, paymentMethod: 'tok_approved' },
      },
    });
    world.saga.goOn();
    expect(travel.status).toBe(201);
  });
});

describe('an owner', () => {
  test('lays a plan down, and sees who changed what and when', async () => {
    const first = await put(PLAN, { reason: 'Summer' });
    expect(first.status).toBe(200);
    await put({ ...PLAN, basePrice: 110 });
    const { json } = await world.call('GET', '/api/rates?propertyId=HOTEL-001&roomType=STD', { as: OWNER });
    expect(json.data).toMatchObject({
      ...{ itemId: 'HOTEL-001:STD', currency: 'USD', nightlyPrice: 120 },
      plans: [{ code: 'STANDARD', active: true, basePrice: 110, taxes: [{ included: true }] }],
    });
    const [second, summer] = json.data.history;
    expect(second).toMatchObject({
      ...{ plan: 'STANDARD', by: 'owner-3', reason: null },
      before: { active: true, basePrice: 100, seasons: [{ name: 'Fair', price: 200, priority: 0 }] },
      after: { active: true, basePrice: 110 },
    });
    expect(second.version).toBe(summer.version + 1);
    expect(summer).toMatchObject({ reason: 'Summer', after: { basePrice: 100 } });
    const facts = await world.database.query(
      `SELECT o.item_id, e.type, e.actor_id, e.details->>'ratePlan' AS plan
       FROM booking.outbox o JOIN booking.item_events e USING (fact_id) ORDER BY o.id DESC LIMIT 1`,
    );
    expect(facts).toEqual([
      { item_id: 'HOTEL-001:STD', type: 'rate.updated', actor_id: 'owner-3', plan: 'STANDARD' },
    ]);
  });

  test('sees changes of the item’s own price among them', async () => {
    const as = 'owner:owner-2';
    await world.call('PATCH', '/api/items/PROP-003', { as, body: { nightlyPrice: 85 } });
    const { json } = await world.call('GET', '/api/rates?propertyId=PROP-003', { as });
    expect(json.data.history).toMatchObject([
      { plan: null, by: 'owner-2', before: { nightlyPrice: 80 }, after: { nightlyPrice: 85 } },
    ]);
  });

  test('who sells in another currency now has to lay plans down anew', async () => {
    const as = 'owner:owner-2';
    const place = { propertyId: 'PROP-003' };
    await put({ code: 'STANDARD', basePrice: 90 }, { as, place });
    await world.call('PATCH', '/api/items/PROP-003', { as, body: { nightlyPrice: 80, currency: 'CHF' } });
    const ask = () =>
      world.call('GET', '/api/rates/quote?propertyId=PROP-003&checkIn=2026-07-01&checkOut=2026-07-02');
    expect((await ask()).json.detail).toContain('no rate plan that is offered');
    await put({ code: 'STANDARD', basePrice: 90 }, { as, place });
    expect((await ask()).json.data).toMatchObject({ totalPrice: 90, currency: 'CHF' });
  });

  test('who sends the same plan again changes nothing', async () => {
    const changes = async () =>
      (await world.database.query<{ n: number }>('SELECT count(*)::integer AS n FROM booking.item_events'))[0]
        ?.n;
    await put(PLAN);
    const before = await changes();
    expect((await put(PLAN)).status).toBe(200);
    expect(await changes()).toBe(before);
  });

  test('sees what was booked under each plan, by what the log says', async () => {
    await world.database.query('UPDATE booking.bookings SET item_id = $1 WHERE item_id = $2', [
      'HOTEL-001:SUITE',
      'HOTEL-001:STD',
    ]);
    await put({ ...PLAN, code: 'EARLY' });
    const { json } = await reserve({ ratePlan: 'EARLY' });
    const other = await reserve({ ratePlan: 'EARLY' });
    await reserve();
    for (const type of ['booking.accepted', 'payment.authorized', 'booking.confirmed'] as const) {
      for (const { id } of [json.data, other.json.data]) await world.saga.commit(id as BookingId, type, saga);
    }
    await world.saga.commit(other.json.data.id as BookingId, 'booking.cancelled', saga);
    const { json: rates } = await world.call('GET', '/api/rates?propertyId=HOTEL-001&roomType=STD', {
      as: OWNER,
    });
    expect(rates.data.plans).toMatchObject([
      { code: 'STANDARD', version: 0, usage: { requested: 1, confirmed: 0, nights: 0, revenue: 0 } },
      { code: 'EARLY', version: 1, usage: { requested: 2, confirmed: 2, nights: 3, revenue: 385.5 } },
    ]);
  });

  test('may withdraw a plan: nothing new is priced by it, and quotes given out are honoured', async () => {
    await put({ ...PLAN, code: 'EARLY' });
    const { quoteId } = (await quote({ ratePlan: 'EARLY' })).json.data;
    await put({ ...PLAN, code: 'EARLY', active: false });
    expect((await reserve({ ratePlan: 'EARLY' })).json).toMatchObject({ errors: [{ field: 'ratePlan' }] });
    expect((await reserve({ ratePlan: 'EARLY', quoteId })).status).toBe(201);
    await put({ ...PLAN, active: false });
    expect((await reserve()).json.detail).toContain('no rate plan that is offered');
  });

  test('of another item may not see or change its rates', async () => {
    expect((await put(PLAN, { as: 'owner:owner-1' })).json.code).toBe('forbidden');
    const seen = await world.call('GET', '/api/rates?propertyId=HOTEL-001&roomType=STD', {
      as: 'owner:owner-1',
    });
    expect(seen.json.code).toBe('forbidden');
    expect((await put(PLAN, { as: somebody() })).json.code).toBe('forbidden');
  });

  const malformed: [string, object, string][] = [
    ['a misspelt rule', { discounts: [] }, 'plan'],
    ['a code with a blank', { code: 'EARLY BIRD' }, 'plan.code'],
    ['half cents', { basePrice: 100.005 }, 'plan.basePrice'],
    ['a negative fee', { fees: [{ name: 'Gift', amount: -1, per: 'stay' }] }, 'plan.fees.0.amount'],
    ['half cents in a season', { seasons: [{ ...PLAN.seasons[0], price: 1.001 }] }, 'plan.seasons.0.price'],
    [
      'a season without a rate',
      { seasons: [{ name: 'A', from: '2026-07-01', to: '2026-07-02' }] },
      'plan.seasons.0',
    ],
    ['a weekday with two rates', { weekdays: { friday: { price: 1, percent: 2 } } }, 'plan.weekdays.friday'],
    ['no weekday', { weekdays: { fryday: { price: 1 } } }, 'plan.weekdays'],
    [
      'a discount of more than all',
      { lengthOfStay: [{ minNights: 3, percent: 101 }] },
      'plan.lengthOfStay.0.percent',
    ],
    ['three decimals', { taxes: [{ name: 'VAT', percent: 7.125 }] }, 'plan.taxes.0.percent'],
    ['a unit of its own', { fees: [{ name: 'Dog', amount: 1, per: 'dog' }] }, 'plan.fees.0.per'],
    ['a floor above its price', { floor: 150 }, 'plan.basePrice'],
    [
      'a season that ends before it begins',
      { seasons: [{ ...PLAN.seasons[0], to: '2026-07-01' }] },
      'plan.seasons.0.to',
    ],
  ];
  test.each(malformed)('cannot lay down a plan with %s', async (_, change, field) => {
    const { status, json } = await put({ ...PLAN, ...change });
    expect(status).toBe(400);
    expect(json.errors[0].field).toBe(field);
    expect(await world.database.query('SELECT FROM booking.rate_plans')).toEqual([]);
  });

  test('who sends a field the route does not know is not heard about it', async () => {
    const body = { ...ROOM, plan: PLAN, version: 7, _id: 'x' };
    expect((await world.call('PUT', '/api/rates', { as: OWNER, body })).status).toBe(200);
  });
});
