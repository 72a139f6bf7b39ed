import type { BookingRequest } from '../../domain/booking';
import { type ApiWorld, apiWorld } from './support/api-world';

const wish = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };

describe('a create under an idempotency key', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());

  let keys = 0;
  let key = '';
  beforeEach(() => {
    key = `key-${++keys}`;
  });
  const create = (body: unknown = wish, as = 'traveler:ann', withKey = key) =>
    world.call('POST', '/api/bookings', { as, body, key: withKey });
  const age = (seconds: number) =>
    world.database.query(
      `UPDATE booking.idempotency_keys SET driven_at = driven_at - make_interval(secs => $1),
         created_at = created_at - make_interval(secs => $1) WHERE key = $2`,
      [seconds, key],
    );

  test('is done once and answered the same, byte for byte', async () => {
    const first = await create();
    await world.saga.commit(first.json.booking.id, 'booking.accepted', { role: 'OWNER', id: '' as never });
    const again = await create();
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('the order of its fields does not matter, anything else does', async () => {
    const first = await create();
    expect((await create(Object.fromEntries(Object.entries(wish).reverse()))).text).toBe(first.text);
    const other = await create({ ...wish, guests: 2 });
    expect(other.json).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  });

  test('belongs to its caller and its route', async () => {
    const first = await create();
    const bobs = await create(wish, 'traveler:bob');
    expect(bobs.status).toBe(201);
    expect(bobs.json.booking.id).not.toBe(first.json.booking.id);
    const body = { property_id: 'PROP-001', check_in_date: wish.startDate, check_out_date: wish.endDate };
    const spelled = await world.call('POST', '/api/travelers/bookings', { as: 'traveler:ann', body, key });
    expect(spelled.status).toBe(201);
    expect(spelled.json.data.id).not.toBe(first.json.booking.id);
  });

  test('is a conflict while it is worked on', async () => {
    const release = world.saga.holdNext();
    const first = create();
    await until(() => world.saga.said.length > 0);
    const { json, headers } = await create();
    expect(json).toMatchObject({ status: 409, code: 'request-in-flight' });
    expect(headers.get('retry-after')).toBe('1');
    release();
    const answered = await first;
    expect((await create()).text).toBe(answered.text);

    async function until(condition: () => boolean | Promise<boolean>) {
      const count = async () =>
        (await world.database.query('SELECT 1 FROM booking.idempotency_keys WHERE key = $1', [key])).length;
      while (!condition() || (await count()) === 0) await new Promise(setImmediate);
    }
  });

  test('abandoned for 30 s, it is driven again under the same booking id', async () => {
    world.saga.loseNextAnswer();
    const lost = await create();
    await world.database.query('UPDATE booking.idempotency_keys SET driven_at = now() WHERE key = $1', [key]);
    await age(29);
    expect((await create()).json.code).toBe('request-in-flight');
    await age(2);
    const found = await create();
    expect(found.status).toBe(201);
    expect(found.json.booking.id).toBe(lost.json.bookingId);
  });

  test('an unknown outcome may be repeated at once, and opens one booking', async () => {
    world.saga.answerNext({ outcome: 'unknown' });
    const lost = await create();
    expect(lost.json).toMatchObject({ status: 503, code: 'outcome-unknown' });
    const found = await create();
    expect(found.status).toBe(201);
    expect(found.json.booking.id).toBe(lost.json.bookingId);
    expect((await create()).text).toBe(found.text);
  });

  test('a repeat is not judged by what its own first attempt has changed', async () => {
    world.saga.loseNextAnswer();
    const dates = { ...wish, startDate: '2026-09-01', endDate: '2026-09-02' };
    const lost = await create(dates);
    await world.database.query(
      `INSERT INTO booking.availability_calendar (item_id, night, capacity, blocked) VALUES ('PROP-001', '2026-09-01', 1, 1)`,
    );
    expect((await create(dates)).json.booking.id).toBe(lost.json.bookingId);
  });

  test('a refusal is kept, a 5xx is not', async () => {
    const refused = await create({ ...wish, totalPrice: 1 });
    expect(refused.json.code).toBe('price-changed');
    await world.database.query(`UPDATE booking.items SET nightly_amount = 33 WHERE id = 'PROP-001'`);
    const repeated = await create({ ...wish, totalPrice: 1 });
    await world.database.query(`UPDATE booking.items SET nightly_amount = 30000 WHERE id = 'PROP-001'`);
    expect(repeated.json).toEqual({ ...refused.json, requestId: repeated.json.requestId });
    expect(repeated.json.requestId).toBe(repeated.headers.get('x-request-id'));
  });

  test('a request that never got so far keeps nothing', async () => {
    expect((await create({ ...wish, endDate: 'x' })).status).toBe(400);
    expect((await create()).status).toBe(201);
  });

  test('is kept 24 hours', async () => {
    const first = await create();
    await age(24 * 3600 - 60);
    expect((await create()).text).toBe(first.text);
    await age(120);
    const fresh = await create({ ...wish, guests: 3 });
    expect(fresh.status).toBe(201);
    expect(fresh.json.booking.id).not.toBe(first.json.booking.id);
  });

  test.each(['with space', 'ü', 'x'.repeat(256)])('%s is no key', async (bad) => {
    const { json } = await world.call('POST', '/api/bookings', {
      as: 'traveler:ann',
      body: wish,
      headers: { 'idempotency-key': Buffer.from(bad).toString('latin1') },
    });
    expect(json).toMatchObject({ code: 'invalid-request', errors: [{ field: 'Idempotency-Key' }] });
  });

  describe('an action', () => {
    const cancel = (id: string, body: unknown = {}) =>
      world.call('PUT', `/api/bookings/${id}/cancel`, { as: 'traveler:ann', body, key });
    const open = async () => (await create(wish, 'traveler:ann', `open-${key}`)).json.booking.id;

    test('is replayed, where without a key it would be a conflict', async () => {
      const id = await open();
      const first = await cancel(id);
      expect(first.status).toBe(200);
      expect((await cancel(id)).text).toBe(first.text);
    });

    test('with a lost answer is told again under the same update id, and answered', async () => {
      const id = await open();
      world.saga.loseNextAnswer();
      expect((await cancel(id)).json.code).toBe('outcome-unknown');
      const found = await cancel(id);
      expect(found.json.booking).toMatchObject({ id, state: 'CANCELLED' });
      const [first, second] = world.saga.said.slice(-2);
      expect(second?.updateId).toBe(first?.updateId);
    });

    test('with a lost answer, and a saga that has closed since, is answered from the log', async () => {
      const id = await open();
      world.saga.loseNextAnswer();
      await cancel(id);
      world.saga.answerNext({ outcome: 'closed' });
      expect((await cancel(id)).json.booking).toMatchObject({ id, state: 'CANCELLED' });
    });

    test('but what somebody else did is not taken for one’s own', async () => {
      const id = await open();
      world.saga.answerNext({ outcome: 'unknown' });
      await cancel(id);
      await world.saga.commit(id, 'booking.cancelled', { role: 'OWNER', id: '' as never });
      world.saga.answerNext({ outcome: 'closed' });
      expect((await cancel(id)).json.code).toBe('illegal-transition');
    });

    test('on another booking is another request', async () => {
      await cancel(await open());
      keys += 1;
      const other = (await create(wish, 'traveler:ann', `open-${keys}-b`)).json.booking.id;
      expect((await cancel(other)).json.code).toBe('idempotency-key-reused');
    });
  });
});

describe('a create without a key', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());

  let travelers = 0;
  let ann = '';
  beforeEach(() => {
    ann = `traveler:a${++travelers}`;
  });
  const create = async (change: object = {}, key?: string) =>
    await world.call('POST', '/api/bookings', { as: ann, body: { ...wish, ...change }, key });
  const idOf = async (reply: ReturnType<typeof create>) => (await reply).json.booking.id;
  const age = (seconds: number) =>
    world.database.query(
      `WITH k AS (UPDATE booking.idempotency_keys SET created_at = created_at - make_interval(secs => $1)
                  WHERE caller = $2)
       UPDATE booking.bookings SET created_at = created_at - make_interval(secs => $1) WHERE traveler_id = $2`,
      [seconds, ann.split(':')[1]],
    );

  test('gets the booking already open, in either spelling, whatever else it says', async () => {
    const first = await idOf(create());
    expect(await idOf(create({ guests: 2, paymentToken: 'tok_other' }))).toBe(first);
    const body = { property_id: 'PROP-001', check_in_date: wish.startDate, check_out_date: wish.endDate };
    const spelled = await world.call('POST', '/api/travelers/bookings', { as: ann, body });
    expect(spelled.json.data.id).toBe(first);
  });

  test('gets one that was opened under a key, too', async () => {
    const first = await idOf(create({}, `key-${ann}`));
    await world.database.query('UPDATE booking.bookings SET created_at = now() WHERE id = $1', [first]);
    expect(await idOf(create())).toBe(first);
  });

  test('other dates, another traveler, another minute are another booking', async () => {
    const first = await idOf(create());
    expect(await idOf(create({ endDate: '2026-07-05' }))).not.toBe(first);
    ann = `${ann}-twin`;
    expect(await idOf(create())).not.toBe(first);
    ann = ann.replace('-twin', '');
    await age(61);
    expect(await idOf(create())).not.toBe(first);
  });

  test('a booking that has ended is not found', async () => {
    const first = await idOf(create());
    await world.call('PUT', `/api/bookings/${first}/cancel`, { as: ann });
    const second = await idOf(create());
    expect(second).not.toBe(first);
    expect(await idOf(create())).toBe(second);
  });

  test('twins sent at once open one booking', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => idOf(create())));
    expect(new Set(ids).size).toBe(1);
  });

  test('its own nights do not stand against its repeat', async () => {
    const first = await idOf(create({ startDate: '2026-10-01', endDate: '2026-10-02' }));
    await world.database.query(
      `INSERT INTO booking.availability_calendar (item_id, night, capacity, blocked) VALUES ('PROP-001', '2026-10-01', 1, 1)`,
    );
    expect(await idOf(create({ startDate: '2026-10-01', endDate: '2026-10-02' }))).toBe(first);
  });

  test('nor do nights that a twin takes while it is being checked', async () => {
    const dates = { startDate: '2026-11-01', endDate: '2026-11-02' };
    world.saga.answerNext({ outcome: 'unsent' });
    await create(dates);
    const real = world.saga.awaitOpen;
    world.saga.awaitOpen = async () => {
      world.saga.awaitOpen = real;
      const late = world.saga.said.at(-1)?.message as BookingRequest;
      await world.saga.open(late);
      await world.database.query(
        `INSERT INTO booking.availability_calendar (item_id, night, capacity, blocked) VALUES ('PROP-001', '2026-11-01', 1, 1)`,
      );
      return { outcome: 'closed' };
    };
    expect((await create(dates)).status).toBe(201);
  });

  test('a repeat that does not get through does not say that nothing was done', async () => {
    const dates = { startDate: '2026-12-01', endDate: '2026-12-02' };
    world.saga.answerNext({ outcome: 'unknown' });
    const lost = await create(dates);
    world.saga.answerNext({ outcome: 'unsent' });
    const { code, bookingId } = (await create(dates)).json;
    expect({ code, bookingId }).toEqual({ code: 'outcome-unknown', bookingId: lost.json.bookingId });
  });

  test('a refusal is not kept', async () => {
    expect((await create({ totalPrice: 1 })).json.code).toBe('price-changed');
    expect((await create({ totalPrice: 900 })).status).toBe(201);
  });

  test('an unanswered one keeps its booking, however old', async () => {
    world.saga.loseNextAnswer();
    const lost = await create();
    expect(lost.json.code).toBe('outcome-unknown');
    await age(3600);
    expect(await idOf(create())).toBe(lost.json.bookingId);
  });
});
