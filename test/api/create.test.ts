import { type ApiWorld, apiWorld, token } from './support/api-world';

const wish = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };

describe('asking for a booking', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());

  const create = (body: unknown, as = 'traveler:ann') => world.call('POST', '/api/bookings', { as, body });
  let travelers = 0;
  /** Each test books as somebody else, so that none finds another's booking. */
  const somebody = () => `traveler:t${++travelers}`;

  test('opens PENDING at the owner’s price and says where the booking is', async () => {
    const { status, json, headers } = await create({ ...wish, guests: 2, totalPrice: 900 });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      message: 'Booking created',
      booking: {
        ...wish,
        ...{
          state: 'PENDING',
          status: 'PENDING',
          undo: 'none',
          sequence: 1,
          travelerId: 'ann',
          ownerId: 'owner-1',
        },
        ...{ propertyName: 'Luxury Beach Villa', nights: 3, guests: 2, totalPrice: 900, currency: 'USD' },
        ...{ checkInAt: '2026-07-01T19:00:00.000Z', checkOutAt: '2026-07-04T15:00:00.000Z' },
      },
    });
    expect(json.booking._id).toBe(json.booking.id);
    expect(headers.get('location')).toBe(`/api/bookings/${json.booking.id}`);
    expect((await world.call('GET', `/api/bookings/${json.booking.id}`, { as: 'traveler:ann' })).status).toBe(
      200,
    );
  });

  test('in the travelers’ spelling too', async () => {
    const { status, json } = await world.call('POST', '/api/travelers/bookings', {
      as: somebody(),
      body: {
        property_id: 'PROP-001',
        check_in_date: '2026-07-01T00:00:00.000Z',
        check_out_date: '2026-07-04',
        guests: 2,
        total_price: 900,
      },
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      success: true,
      message: 'Booking created successfully',
      data: { status: 'PENDING', property_id: 'PROP-001', check_in_date: '2026-07-01', total_price: 900 },
    });
  });

  test('a body cannot say whose booking it is or what state it has', async () => {
    const { json } = await create(
      { ...wish, status: 'ACCEPTED', travelerId: 'eve', state: 'CONFIRMED' },
      somebody(),
    );
    expect(json.booking).toMatchObject({ state: 'PENDING', travelerId: `t${travelers}` });
  });

  const refused: [string, object, number, string, object?][] = [
    [
      'a day no calendar has',
      { startDate: '2026-02-30' },
      400,
      'invalid-dates',
      { errors: [{ field: 'startDate' }] },
    ],
    ['a word for a date', { endDate: 'tomorrow' }, 400, 'invalid-dates', { errors: [{ field: 'endDate' }] }],
    ['a past date', { startDate: '2026-06-14' }, 400, 'invalid-dates', { errors: [{ field: 'startDate' }] }],
    [
      'an end on the start',
      { endDate: '2026-07-01' },
      400,
      'invalid-dates',
      { errors: [{ field: 'endDate' }] },
    ],
    [
      'an end before the start',
      { endDate: '2026-06-30' },
      400,
      'invalid-dates',
      { errors: [{ field: 'endDate' }] },
    ],
    ['366 nights', { endDate: '2027-07-02' }, 400, 'invalid-dates', { errors: [{ field: 'endDate' }] }],
    [
      'a start 731 days ahead',
      { startDate: '2028-06-15', endDate: '2028-06-16' },
      400,
      'invalid-dates',
      { errors: [{ field: 'startDate' }] },
    ],
    ['a field missing', { endDate: undefined }, 400, 'invalid-request', { errors: [{ field: 'endDate' }] }],
    ['no guests', { guests: 0 }, 400, 'invalid-request', { errors: [{ field: 'guests' }] }],
    ['more guests than fit', { guests: 9 }, 400, 'invalid-request', { errors: [{ field: 'guests' }] }],
    ['half cents', { totalPrice: 900.001 }, 400, 'invalid-request', { errors: [{ field: 'totalPrice' }] }],
    [
      'a card number',
      { paymentToken: '4242424242424242' },
      400,
      'invalid-request',
      { errors: [{ field: 'paymentToken' }] },
    ],
    [
      'somebody’s saved card',
      { paymentToken: 'cus_1/pm_1' },
      400,
      'invalid-request',
      { errors: [{ field: 'paymentToken' }] },
    ],
    ['a character Postgres cannot store', { propertyId: 'PROP\u0000' }, 400, 'invalid-request'],
    ['half a surrogate pair', { propertyId: 'PROP\ud800' }, 400, 'invalid-request'],
    ['an unknown property', { propertyId: 'PROP-404' }, 404, 'not-found'],
    ['another owner’s property', { ownerId: 'owner-2' }, 422, 'wrong-owner'],
    [
      'another price',
      { totalPrice: 899.99 },
      409,
      'price-changed',
      { quote: { totalPrice: 900, nights: 3 } },
    ],
  ];
  test.each(refused)('%s is refused', async (_, change, status, code, members = {}) => {
    const before = world.saga.said.length;
    const reply = await create({ ...wish, ...change }, somebody());
    expect(reply.json).toMatchObject({ status, code, type: `/problems/${code}`, ...members });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
    expect(world.saga.said.length).toBe(before);
  });

  test.each([
    ['365 nights', { endDate: '2027-07-01' }],
    ['a start 730 days ahead', { startDate: '2028-06-14', endDate: '2028-06-15' }],
    ['as many guests as fit', { guests: 8 }],
    ['its owner named', { ownerId: 'owner-1' }],
    ['today, before check-in', { startDate: '2026-06-15' }],
  ])('%s is taken', async (_, change) => {
    expect((await create({ ...wish, ...change }, somebody())).status).toBe(201);
  });

  test('what is past is decided where the item is', async () => {
    // 01:00 UTC on the 16th: still the 15th in New York, but check-in of the 15th has begun there.
    world.setNow('2026-06-16T01:00:00.000Z');
    const tonight = { startDate: '2026-06-15', endDate: '2026-06-17' };
    expect((await create({ ...wish, ...tonight }, somebody())).json.detail).toMatch('can no longer decide');
    expect((await create({ ...wish, ...tonight, propertyId: 'PROP-002' }, somebody())).status).toBe(201);
    expect((await create({ ...wish, ...tonight, propertyId: 'PROP-003' }, somebody())).json.detail).toMatch(
      'is past',
    );
    world.setNow('2026-06-15T16:00:00.000Z');
  });

  test('nights that are gone are named', async () => {
    await world.database.query(
      `INSERT INTO booking.availability_calendar (item_id, night, capacity, blocked, closed)
       VALUES ('PROP-001', '2026-08-02', 1, 1, false), ('PROP-001', '2026-08-04', 1, 0, true),
              ('PROP-001', '2026-08-03', 1, 0, false)`,
    );
    const reply = await create({ ...wish, startDate: '2026-08-01', endDate: '2026-08-06' }, somebody());
    expect(reply.json).toMatchObject({ code: 'nights-unavailable', nights: ['2026-08-02', '2026-08-04'] });
    expect(
      (await create({ ...wish, startDate: '2026-08-03', endDate: '2026-08-04' }, somebody())).status,
    ).toBe(201);
  });

  describe('the payment method', () => {
    const tokenOf = async (as: string, change: object = {}) => {
      await create({ ...wish, ...change }, as);
      return (world.saga.said.at(-1)?.message as { paymentToken?: string } | undefined)?.paymentToken;
    };

    test('is the one sent', async () => {
      expect(await tokenOf(somebody(), { paymentToken: 'tok_mine' })).toBe('tok_mine');
    });
    test('else the one stored', async () => {
      await world.database.query(`INSERT INTO booking.payment_methods VALUES ('rich', 'tok_stored')`);
      expect(await tokenOf('traveler:rich')).toBe('tok_stored');
    });
    test('else, in development, one that is approved', async () => {
      expect(await tokenOf(somebody())).toBe('tok_approved');
    });
    test('and none for whoever is known to have none', async () => {
      expect(await tokenOf('traveler:traveler-no-card')).toBeUndefined();
    });
  });

  test('the address for mail is kept in one row, and nothing personal reaches the saga', async () => {
    const bearer = `Bearer ${await token('traveler:mel', { email: 'mel@example.org', name: 'Mel' })}`;
    expect((await create(wish, bearer)).status).toBe(201);
    expect(await world.database.query('SELECT * FROM booking.people')).toEqual([
      { id: 'mel', name: null, email: 'mel@example.org' },
    ]);
    expect(JSON.stringify(world.saga.said)).not.toMatch('example.org');
  });

  test('takes the role traveler', async () => {
    expect((await create(wish, 'owner:owner-1')).json.code).toBe('forbidden');
    expect((await world.call('POST', '/api/bookings', { body: wish })).json.code).toBe('unauthenticated');
  });
});
