import { until } from '../support/until';
import { type ApiWorld, apiWorld } from './support/api-world';

const OWNER = 'owner:owner-9';

const HOUSE = {
  ...{ system: 'stays', kind: 'property', name: 'House by the lake', nightlyPrice: 180.5, currency: 'EUR' },
  ...{ maxGuests: 6, timeZone: 'Europe/Berlin' },
};
const ROOM = { ...HOUSE, system: 'hotel', kind: 'room', name: 'Standard room' };
const FLIGHT = {
  ...{ ...HOUSE, system: 'travel', kind: 'flight', name: 'BA1', departureDate: '2026-12-01' },
  capacity: 100,
};

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
});
afterAll(() => world.close());

const create = (body: object, options: { as?: string; key?: string } = {}) =>
  world.call('POST', '/api/items', { as: OWNER, ...options, body });
const change = (id: string, body: object, options: { as?: string; key?: string } = {}) =>
  world.call('PATCH', `/api/items/${id}`, { as: OWNER, ...options, body });
const read = async (id: string) => (await world.call('GET', `/api/items/${id}`)).json.item;
const facts = (id: string) =>
  world.database.query<{ version: number; type: string; details: Record<string, unknown> }>(
    'SELECT version, type, actor_id, details FROM booking.item_events WHERE item_id = $1 ORDER BY version',
    [id],
  );
const block = (block: string, item: string, start: string, end: string, quantity = 1) =>
  world.database.query('SELECT booking.block_nights($1, $1, $2, $3::date, $4::date, $5::int)', [
    block,
    item,
    start,
    end,
    quantity,
  ]);
const fieldsOf = (reply: { json: { errors: { field: string }[] } }) =>
  reply.json.errors.map(({ field }) => field);

describe('a new item', () => {
  test('belongs to who makes it, has an id of its own and the terms of its system', async () => {
    const { status, headers, json } = await create(HOUSE);
    expect(status).toBe(201);
    expect(json.item.id).toMatch(/^ITM[0-9A-Z]{20}$/);
    expect(headers.get('location')).toBe(`/api/items/${json.item.id}`);
    expect(json.item).toEqual({
      id: json.item.id,
      ...HOUSE,
      ownerId: 'owner-9',
      ...{ capacity: 1, overbooking: 0, checkInTime: '15:00', checkOutTime: '11:00' },
      ...{ noShowTime: null, departureDate: null, instant: false },
      ...{ decisionWindowSeconds: 86_400, paymentDeadlineSeconds: 86_400, graceSeconds: 900 },
      ...{ minNights: null, maxNights: null, leadTimeHours: 0, cancellation: null },
      paymentPolicy: { kind: 'at-check-in', holdDaysBefore: 5 },
      blockPolicy: { pending: 'free' },
      commissionBasisPoints: 0,
      onSale: true,
      version: 1,
    });
    expect(await read(json.item.id)).toEqual(json.item);
  });

  test('can have every term there is', async () => {
    const terms = {
      ...{ capacity: 12, overbooking: 2, checkInTime: '14:30', checkOutTime: '10:15', noShowTime: '06:00' },
      ...{ decisionWindowSeconds: 3600, paymentDeadlineSeconds: 7200, graceSeconds: 0 },
      ...{ minNights: 2, maxNights: 14, leadTimeHours: 24, onSale: false, instant: false },
      cancellation: {
        tiers: [{ hoursBefore: 48, refundPercent: 100 }],
        noShow: { kind: 'nights', nights: 1 },
      },
      paymentPolicy: { kind: 'deposit', percent: 30, holdDaysBefore: 3 },
      blockPolicy: { pending: 'blocked', expiresAfterSeconds: 1800 },
    };
    const { json } = await create({ ...ROOM, ...terms, id: 'HOTEL-900:STD' });
    expect(json.item).toMatchObject(terms);
  });

  test('is recorded with who made it, and tells nobody', async () => {
    const { json } = await create({ ...HOUSE, id: 'PROP-901' });
    const { version: _, ...after } = json.item;
    expect(await facts('PROP-901')).toEqual([
      { version: 1, type: 'item.created', actor_id: 'owner-9', details: { after } },
    ]);
  });

  test('is made once under a key', async () => {
    const first = await create(HOUSE, { key: 'house-1' });
    expect((await create(HOUSE, { key: 'house-1' })).text).toBe(first.text);
    // As if the answer had been lost: the repeat finds what the first attempt made.
    await world.database.query(
      `UPDATE booking.idempotency_keys SET status = NULL, answer = NULL, driven_at = now() - interval '1 hour'
       WHERE key = 'house-1'`,
    );
    const repeat = await create(HOUSE, { key: 'house-1' });
    expect(repeat.status).toBe(201);
    expect(repeat.json.item.id).toBe(first.json.item.id);
  });

  test('cannot take an id that is taken', async () => {
    expect((await create({ ...HOUSE, id: 'PROP-902' })).status).toBe(201);
    expect((await create({ ...HOUSE, id: 'PROP-902' })).json).toMatchObject({
      code: 'item-exists',
      status: 409,
    });
  });

  test('cannot be a room in somebody else’s hotel', async () => {
    const { json } = await create({ ...ROOM, id: 'HOTEL-001:ATTIC' });
    expect(json).toMatchObject({ status: 422, code: 'wrong-owner' });
    expect((await create({ ...ROOM, id: 'HOTEL-001:ATTIC' }, { as: 'owner:owner-3' })).status).toBe(201);
  });

  test('is an owner’s to make', async () => {
    expect((await create(HOUSE, { as: 'traveler:ann' })).status).toBe(403);
  });

  test.each([
    [{ timeZone: 'Berlin' }, 'timeZone'],
    [{ timeZone: '+02:00' }, 'timeZone'],
    [{ checkInTime: '24:00' }, 'checkInTime'],
    [{ checkOutTime: '9:00' }, 'checkOutTime'],
    [{ currency: 'XYZ' }, 'currency'],
    [{ currency: 'eur' }, 'currency'],
    [{ currency: 'JPY' }, 'nightlyPrice'],
    [{ nightlyPrice: 99.999 }, 'nightlyPrice'],
    [{ nightlyPrice: 30_000_000 }, 'nightlyPrice'],
    [{ nightlyPrice: -1 }, 'nightlyPrice'],
    [{ capacity: 0 }, 'capacity'],
    [{ overbooking: -1 }, 'overbooking'],
    [{ maxGuests: 0 }, 'maxGuests'],
    [{ name: '' }, 'name'],
    [{ id: 'PROP 1' }, 'id'],
    [{ id: 'PROP:1' }, 'id'],
    [{ system: 'hotel', kind: 'room', id: 'HOTEL-901' }, 'id'],
    [{ system: 'hotel', kind: 'room' }, 'id'],
    [{ kind: 'car' }, 'kind'],
    [{ system: 'travel', kind: 'flight' }, 'departureDate'],
    [{ departureDate: '2026-12-01' }, 'departureDate'],
    [{ ...FLIGHT, minNights: 2 }, 'minNights'],
    [{ ...FLIGHT, instant: false }, 'instant'],
    [{ ...FLIGHT, paymentPolicy: { kind: 'prepaid' } }, 'paymentPolicy'],
    [{ minNights: 5, maxNights: 4 }, 'minNights'],
    [{ maxNights: 366 }, 'maxNights'],
    [{ leadTimeHours: -1 }, 'leadTimeHours'],
    [{ noShowTime: '06:00' }, 'noShowTime'],
    [{ paymentPolicy: { kind: 'deposit', percent: 100, holdDaysBefore: 5 } }, 'paymentPolicy.percent'],
    [{ paymentPolicy: { kind: 'at-check-in', holdDaysBefore: 8 } }, 'paymentPolicy.holdDaysBefore'],
    [{ blockPolicy: { pending: 'blocked' } }, 'blockPolicy.expiresAfterSeconds'],
    [{ instant: true, blockPolicy: { pending: 'blocked', expiresAfterSeconds: 60 } }, 'blockPolicy'],
    [
      {
        cancellation: {
          tiers: [{ hoursBefore: 1, refundPercent: 101 }],
          noShow: { kind: 'nights', nights: 1 },
        },
      },
      'cancellation.tiers.0.refundPercent',
    ],
    [{ decisionWindowSeconds: 0 }, 'decisionWindowSeconds'],
    [{ version: 1 }, 'body'],
    [{ commissionBasisPoints: 0 }, 'body'],
    [{ ownerId: 'owner-1' }, 'body'],
  ])('with %j is refused, and %s is named', async (faulty, field) => {
    const reply = await create({ ...HOUSE, ...faulty });
    expect(reply.json).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(fieldsOf(reply)).toEqual([field]);
  });

  test('is told of all its faults at once', async () => {
    const reply = await create({
      ...HOUSE,
      noShowTime: '06:00',
      minNights: 3,
      maxNights: 2,
      departureDate: '2026-12-01',
    });
    expect(fieldsOf(reply)).toEqual(['departureDate', 'minNights', 'noShowTime']);
  });
});

describe('a change', () => {
  test('keeps what it does not name, and null takes an optional term away', async () => {
    const { json } = await create({ ...HOUSE, id: 'PROP-910', minNights: 2, maxNights: 9 });
    const changed = await change('PROP-910', { capacity: 3, minNights: null });
    expect(changed.json.item).toEqual({ ...json.item, capacity: 3, minNights: null, version: 2 });
    expect(await read('PROP-910')).toEqual(changed.json.item);
  });

  test('is recorded with what was and what is, of the fields that changed', async () => {
    await create({ ...HOUSE, id: 'PROP-911' });
    await change('PROP-911', { capacity: 3, maxGuests: 6, blockPolicy: { pending: 'free' } });
    expect((await facts('PROP-911'))[1]).toEqual({
      ...{ version: 2, type: 'item.changed', actor_id: 'owner-9' },
      details: { before: { capacity: 1 }, after: { capacity: 3 } },
    });
  });

  test('of the price is a fact about its rate, which listeners are told', async () => {
    await create({ ...HOUSE, id: 'PROP-912' });
    const { json } = await change('PROP-912', { nightlyPrice: 199, name: 'House' });
    expect(json.item).toMatchObject({ nightlyPrice: 199, name: 'House', version: 3 });
    expect((await facts('PROP-912')).slice(1)).toMatchObject([
      { type: 'item.changed', details: { after: { name: 'House' } } },
      {
        type: 'rate.updated',
        details: { nightlyPrice: 199, currency: 'EUR', before: { nightlyPrice: 180.5, currency: 'EUR' } },
      },
    ]);
  });

  test('that changes nothing is no fact', async () => {
    const { json } = await create({ ...HOUSE, id: 'PROP-913' });
    const { version: _, ...same } = HOUSE as typeof HOUSE & { version?: number };
    const { system: __, kind: ___, ...terms } = same;
    expect((await change('PROP-913', terms)).json.item).toEqual(json.item);
    expect(await facts('PROP-913')).toHaveLength(1);
  });

  test('made for an earlier version is refused with the current one', async () => {
    await create({ ...HOUSE, id: 'PROP-914' });
    expect((await change('PROP-914', { version: 1, maxGuests: 4 })).status).toBe(200);
    expect((await change('PROP-914', { version: 1, maxGuests: 5 })).json).toMatchObject({
      ...{ status: 409, code: 'version-conflict', version: 2 },
    });
    expect((await read('PROP-914')).maxGuests).toBe(4);
  });

  test('is not refused for price reviews that came since, and is for whatever else did', async () => {
    await create({ ...HOUSE, id: 'PROP-929' });
    const review = () =>
      world.database.query(
        `SELECT booking.record_item_fact('PROP-929', 'rate.updated', 'rate-management-group', '{}')`,
      );
    await review();
    await review();
    expect((await change('PROP-929', { version: 1, maxGuests: 4 })).json.item.version).toBe(4);
    await review();
    expect((await change('PROP-929', { version: 3, maxGuests: 5 })).json).toMatchObject({
      ...{ status: 409, code: 'version-conflict', version: 5 },
    });
    expect((await change('PROP-929', { version: 6, maxGuests: 5 })).status).toBe(409);
    expect((await read('PROP-929')).maxGuests).toBe(4);
  });

  test('is made though a price review came between its reading and its writing', async () => {
    await create({ ...HOUSE, id: 'PROP-939' });
    await world.database.query('BEGIN');
    await world.database.query(
      `SELECT booking.record_item_fact('PROP-939', 'rate.updated', 'rate-management-group', '{}')`,
    );
    const changing = change('PROP-939', { version: 1, maxGuests: 4 });
    await until(
      async () => {
        await world.database.query('SELECT pg_stat_clear_snapshot()');
        return await world.database.query(
          `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
      },
      (waiting) => waiting.length === 1,
    );
    await world.database.query('COMMIT');
    expect((await changing).json.item).toMatchObject({ maxGuests: 4, version: 3 });
  });

  test('and another one at the same time are both made', async () => {
    await create({ ...HOUSE, id: 'PROP-915' });
    const bodies = [{ capacity: 4 }, { maxGuests: 3 }, { name: 'A' }, { minNights: 2 }];
    const replies = await Promise.all(bodies.map((body) => change('PROP-915', body)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await read('PROP-915')).toMatchObject({
      capacity: 4,
      maxGuests: 3,
      name: 'A',
      minNights: 2,
      version: 5,
    });
  });

  test('is replayed under its key', async () => {
    await create({ ...HOUSE, id: 'PROP-916' });
    const first = await change('PROP-916', { version: 1, capacity: 2 }, { key: 'two' });
    expect((await change('PROP-916', { version: 1, capacity: 2 }, { key: 'two' })).text).toBe(first.text);
    expect((await change('PROP-916', { version: 1, capacity: 3 }, { key: 'two' })).json.code).toBe(
      'idempotency-key-reused',
    );
  });

  test('is its owner’s or an administrator’s, and the commission only the latter’s', async () => {
    await create({ ...HOUSE, id: 'PROP-917' });
    expect((await change('PROP-917', { capacity: 2 }, { as: 'owner:owner-1' })).status).toBe(403);
    expect((await change('PROP-917', { capacity: 2 }, { as: 'traveler:ann' })).status).toBe(403);
    expect((await change('PROP-917', { commissionBasisPoints: 10 })).status).toBe(403);
    const { json } = await change('PROP-917', { commissionBasisPoints: 1500 }, { as: 'admin:root' });
    expect(json.item.commissionBasisPoints).toBe(1500);
    expect((await facts('PROP-917'))[1]).toMatchObject({ actor_id: 'root' });
    expect((await change('PROP-404', { capacity: 2 })).status).toBe(404);
  });

  test.each([
    [{ system: 'hotel' }, 'body'],
    [{ ownerId: 'owner-1' }, 'body'],
    [{ timeZone: 'Mars' }, 'timeZone'],
    [{ maxNights: 1 }, 'minNights'],
    [{ currency: 'USD' }, 'nightlyPrice'],
  ])('to %j is refused', async (body, field) => {
    await create({ ...HOUSE, id: 'PROP-918', minNights: 2 });
    const reply = await change('PROP-918', body);
    expect(reply.status).toBe(400);
    expect(fieldsOf(reply)).toEqual([field]);
  });

  test('of the currency is possible until there is a booking', async () => {
    await create({ ...HOUSE, id: 'PROP-919' });
    expect((await change('PROP-919', { currency: 'JPY', nightlyPrice: 30_000 })).status).toBe(200);
    const body = { propertyId: 'PROP-919', startDate: '2026-09-01', endDate: '2026-09-03' };
    expect((await world.call('POST', '/api/bookings', { as: 'traveler:ann', body })).status).toBe(201);
    expect((await change('PROP-919', { currency: 'EUR', nightlyPrice: 200 })).json).toMatchObject({
      ...{ status: 409, code: 'item-has-bookings', fields: ['currency'] },
    });
    expect((await change('PROP-919', { nightlyPrice: 20_000 })).status).toBe(200);
  });
});

describe('the capacity', () => {
  const calendar = async (item: string, from: string, to: string) =>
    (await world.call('GET', `/api/availability?propertyId=${item}&from=${from}&to=${to}`)).json.data.nights;

  test('reaches nights that are sold in part, and not those that are past', async () => {
    await create({ ...HOUSE, id: 'PROP-930', capacity: 2 });
    await block('past-930', 'PROP-930', '2026-06-01', '2026-06-02', 2);
    await block('next-930', 'PROP-930', '2026-08-01', '2026-08-02');
    expect((await change('PROP-930', { capacity: 1, overbooking: 0 })).status).toBe(200);
    expect(await calendar('PROP-930', '2026-08-01', '2026-08-03')).toMatchObject([
      { capacity: 1, blocked: 1, free: 0 },
      { capacity: 1, blocked: 0, free: 1 },
    ]);
    expect(await calendar('PROP-930', '2026-06-01', '2026-06-02')).toMatchObject([
      { capacity: 2, blocked: 2 },
    ]);
    expect((await change('PROP-930', { overbooking: 3 })).status).toBe(200);
    expect(await calendar('PROP-930', '2026-08-01', '2026-08-02')).toMatchObject([{ capacity: 4, free: 3 }]);
  });

  test('cannot be less than is sold on a night to come; those nights are named and nothing changes', async () => {
    await create({ ...HOUSE, id: 'PROP-931', capacity: 5 });
    await block('a-931', 'PROP-931', '2026-08-01', '2026-08-04', 2);
    await block('b-931', 'PROP-931', '2026-08-03', '2026-08-05', 2);
    const { json } = await change('PROP-931', { capacity: 2, overbooking: 1, name: 'Smaller' });
    expect(json).toMatchObject({
      status: 409,
      code: 'nights-sold',
      nights: [{ night: '2026-08-03', sold: 4 }],
    });
    expect(json.detail).toContain('2026-08-03 (4)');
    expect(await read('PROP-931')).toMatchObject({ capacity: 5, name: HOUSE.name, version: 1 });
    expect((await change('PROP-931', { capacity: 3, overbooking: 1 })).status).toBe(200);
  });

  test('lowered makes pending requests look again', async () => {
    await create({ ...HOUSE, id: 'PROP-932', capacity: 5 });
    await change('PROP-932', { capacity: 6 });
    const sweeps = () =>
      world.database.query("SELECT start_date::text FROM booking.sweeps WHERE item_id = 'PROP-932'");
    expect(await sweeps()).toEqual([]);
    await change('PROP-932', { capacity: 4 });
    expect(await sweeps()).toEqual([{ start_date: '2026-06-15' }]);
  });
});

describe('the history', () => {
  test('says who changed what and when, newest first and in pages', async () => {
    await create({ ...HOUSE, id: 'PROP-940' });
    await change('PROP-940', { capacity: 2 });
    await change('PROP-940', { capacity: 3 }, { as: 'admin:root' });
    const { json } = await world.call('GET', '/api/items/PROP-940/history?limit=2', { as: OWNER });
    expect(json.history).toMatchObject([
      { version: 3, actorId: 'root', details: { before: { capacity: 2 }, after: { capacity: 3 } } },
      { version: 2, type: 'item.changed', actorId: 'owner-9' },
    ]);
    const next = await world.call('GET', '/api/items/PROP-940/history?before=2', { as: 'admin:root' });
    expect(next.json.history).toMatchObject([{ version: 1, type: 'item.created' }]);
  });

  test('is for the owner and administrators', async () => {
    for (const as of ['owner:owner-2', 'traveler:ann']) {
      expect((await world.call('GET', '/api/items/PROP-001/history', { as })).status).toBe(403);
    }
  });
});

test('the catalogue can be read by owner, by system, and by what is on sale', async () => {
  await create({ ...HOUSE, id: 'PROP-950' }, { as: 'owner:owner-50' });
  await create({ ...HOUSE, id: 'PROP-951', onSale: false }, { as: 'owner:owner-50' });
  await create({ ...FLIGHT, id: 'FLIGHT-950' }, { as: 'owner:owner-50' });
  const ids = async (query: string) =>
    (await world.call('GET', `/api/items?ownerId=owner-50${query}`)).json.items.map(
      ({ id }: { id: string }) => id,
    );
  expect(await ids('')).toEqual(['FLIGHT-950', 'PROP-950', 'PROP-951']);
  expect(await ids('&system=stays')).toEqual(['PROP-950', 'PROP-951']);
  expect(await ids('&onSale=true&system=stays')).toEqual(['PROP-950']);
});

test('an item cannot be deleted', async () => {
  const { status, headers } = await world.call('DELETE', '/api/items/PROP-001', { as: 'owner:owner-1' });
  expect(status).toBe(405);
  expect(headers.get('allow')).toBe('GET, PATCH, HEAD');
});
