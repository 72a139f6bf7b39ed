import { type ApiWorld, apiWorld } from './support/api-world';

const OWNER = 'owner:owner-3';
const SUITE = { propertyId: 'HOTEL-001', roomType: 'SUITE' };

describe('the calendar', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());

  const calendar = (from: string, to: string, item = 'propertyId=HOTEL-001&roomType=SUITE') =>
    world.call('GET', `/api/availability?${item}&from=${from}&to=${to}`);
  const post = (verb: 'block' | 'release', from: string, to: string, as = OWNER, key?: string) =>
    world.call('POST', `/api/availability/${verb}`, {
      as,
      body: { ...SUITE, from, to },
      ...(key && { key }),
    });
  const sell = (id: string, start: string, end: string) =>
    world.database.query(`SELECT booking.block_nights($1, $1, 'HOTEL-001:SUITE', $2::date, $3::date, 1)`, [
      id,
      start,
      end,
    ]);

  test('is public, and shows nights that nobody has asked for yet', async () => {
    await sell('sold-1', '2027-01-02', '2027-01-03');
    const { status, json } = await calendar('2027-01-01', '2027-01-04');
    expect(status).toBe(200);
    expect(json.data).toEqual({
      itemId: 'HOTEL-001:SUITE',
      ...SUITE,
      nights: [
        { date: '2027-01-01', capacity: 2, blocked: 0, free: 2, closed: false },
        { date: '2027-01-02', capacity: 2, blocked: 1, free: 1, closed: false },
        { date: '2027-01-03', capacity: 2, blocked: 0, free: 2, closed: false },
      ],
    });
  });

  test('is there for every system’s items', async () => {
    const { json } = await calendar('2027-01-01', '2027-01-02', 'propertyId=PROP-001');
    expect(json.data).toMatchObject({ itemId: 'PROP-001', roomType: null, nights: [{ free: 1 }] });
  });

  test.each([
    ['2027-01-02', '2027-01-02', 400, 'invalid-dates'],
    ['2027-01-01', '2029-01-01', 400, 'invalid-dates'],
    ['2027-02-30', '2027-03-02', 400, 'invalid-dates'],
  ])('from %s to %s is refused', async (from, to, status, code) => {
    expect((await calendar(from, to)).json).toMatchObject({ status, code });
  });

  test('of what does not exist is not found', async () => {
    expect((await calendar('2027-01-01', '2027-01-02', 'propertyId=HOTEL-001&roomType=X')).status).toBe(404);
    expect((await calendar('2027-01-01', '2027-01-02', 'propertyId=HOTEL-404')).status).toBe(404);
    expect((await calendar('2027-01-01', '2027-01-02', 'propertyId=FLIGHT')).status).toBe(404);
  });

  test('of a hotel is that of all its room types', async () => {
    const { status, json } = await calendar('2027-01-01', '2027-01-02', 'propertyId=HOTEL-001');
    expect(status).toBe(200);
    const night = { date: '2027-01-01', blocked: 0, closed: false };
    expect(json.data).toEqual({
      propertyId: 'HOTEL-001',
      items: [
        {
          ...{ itemId: 'HOTEL-001:STD', propertyId: 'HOTEL-001', roomType: 'STD' },
          nights: [{ ...night, capacity: 10, free: 10 }],
        },
        { ...{ itemId: 'HOTEL-001:SUITE', ...SUITE }, nights: [{ ...night, capacity: 2, free: 2 }] },
      ],
    });
    expect((await calendar('2027-01-01', '2027-04-04', 'propertyId=HOTEL-001')).json.detail).toContain(
      '92 nights',
    );
  });

  test('is closed by the owner, and then not sold; opened again it is', async () => {
    const closed = await post('block', '2027-02-01', '2027-02-03');
    expect(closed.json).toMatchObject({
      message: 'Dates closed successfully',
      data: { nights: [{ closed: true, free: 0 }, { closed: true }] },
    });
    expect((await post('block', '2027-02-01', '2027-02-03')).status).toBe(200);
    const body = {
      ...SUITE,
      stayDetails: { checkIn: '2027-02-02', checkOut: '2027-02-05', guests: 2 },
      paymentToken: 'tok_approved',
    };
    const reserve = () => world.call('POST', '/api/reservations', { as: 'traveler:ann', body });
    expect((await reserve()).json).toMatchObject({ code: 'nights-unavailable', nights: ['2027-02-02'] });
    const opened = await post('release', '2027-02-01', '2027-02-03');
    expect(opened.json.data.nights).toMatchObject([{ closed: false, free: 2 }, { closed: false }]);
    expect((await reserve()).status).toBe(201);
  });

  test('that is sold in part is not closed at all, and the bookings are named', async () => {
    const reserved = await world.call('POST', '/api/reservations', {
      as: 'traveler:bob',
      body: { ...SUITE, stayDetails: { checkIn: '2027-03-02', checkOut: '2027-03-04', guests: 2 } },
    });
    const { id, confirmationNumber } = reserved.json.data;
    await sell(id, '2027-03-02', '2027-03-04');
    const { json } = await post('block', '2027-03-01', '2027-03-04');
    expect(json).toMatchObject({
      status: 409,
      code: 'nights-sold',
      bookings: [{ bookingId: id, confirmationNumber, nights: ['2027-03-02', '2027-03-03'] }],
    });
    expect(json.detail).toMatch(confirmationNumber);
    expect((await calendar('2027-03-01', '2027-03-02')).json.data.nights).toMatchObject([{ closed: false }]);
  });

  test('that is closed makes pending requests look again', async () => {
    await world.database.query('DELETE FROM booking.sweeps');
    await post('block', '2027-04-01', '2027-04-03');
    const sweeps = await world.database.query(
      'SELECT item_id, start_date::text, end_date::text FROM booking.sweeps',
    );
    expect(sweeps).toEqual([
      { item_id: 'HOTEL-001:SUITE', start_date: '2027-04-01', end_date: '2027-04-03' },
    ]);
  });

  test('that is closed or opened is told, with who did it, and not told again where nothing changed', async () => {
    const told = () =>
      world.database.query(
        `SELECT e.type, e.version, e.actor_id, e.details, o.lane = booking.lane_of_item('hotel', e.item_id) AS on_its_lane
         FROM booking.item_events e JOIN booking.outbox o USING (fact_id)
         WHERE e.details->'stay'->>'start' >= '2027-07-01' ORDER BY e.version`,
      );
    const [before] = await world.database.query<{ version: number }>(
      "SELECT version FROM booking.items WHERE id = 'HOTEL-001:SUITE'",
    );
    const version = before?.version ?? 0;
    await post('release', '2027-07-01', '2027-07-04');
    expect(await told()).toEqual([]);
    await post('block', '2027-07-01', '2027-07-03');
    await post('block', '2027-07-01', '2027-07-03');
    await post('block', '2027-07-02', '2027-07-04');
    await post('release', '2027-07-01', '2027-07-04');
    await post('release', '2027-07-01', '2027-07-04');
    const fact = { actor_id: 'owner-3', on_its_lane: true };
    expect(await told()).toEqual([
      {
        ...fact,
        type: 'availability.closed',
        version: version + 1,
        details: { stay: { start: '2027-07-01', end: '2027-07-03' } },
      },
      {
        ...fact,
        type: 'availability.closed',
        version: version + 2,
        details: { stay: { start: '2027-07-02', end: '2027-07-04' } },
      },
      {
        ...fact,
        type: 'availability.opened',
        version: version + 3,
        details: { stay: { start: '2027-07-01', end: '2027-07-04' } },
      },
    ]);
  });

  test('whose closing is refused is told to nobody', async () => {
    await sell('sold-8', '2027-08-02', '2027-08-03');
    expect((await post('block', '2027-08-01', '2027-08-03')).status).toBe(409);
    const told = await world.database.query(
      "SELECT 1 FROM booking.item_events WHERE details->'stay'->>'start' = '2027-08-01'",
    );
    expect(told).toEqual([]);
  });

  test('is nobody else’s to close', async () => {
    expect((await post('block', '2027-05-01', '2027-05-02', 'owner:owner-1')).status).toBe(403);
    expect((await post('block', '2027-05-01', '2027-05-02', 'traveler:ann')).status).toBe(403);
    expect((await post('release', '2027-05-01', '2027-05-02', 'admin:root')).status).toBe(403);
  });

  test('is closed once under a key', async () => {
    const first = await post('block', '2027-06-01', '2027-06-02', OWNER, 'close-june');
    await post('release', '2027-06-01', '2027-06-02');
    const repeat = await post('block', '2027-06-01', '2027-06-02', OWNER, 'close-june');
    expect(repeat.text).toBe(first.text);
    expect((await calendar('2027-06-01', '2027-06-02')).json.data.nights).toMatchObject([{ closed: false }]);
  });
});
