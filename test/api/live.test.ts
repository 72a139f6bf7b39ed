import { Client } from 'pg';
import { openApiDatabase } from '../../api/database';
import { ownerLog } from '../../api/live/owner-log';
import type { BookingId } from '../../domain/ids';
import { readConfig } from '../../platform/config';
import type { Database } from '../../platform/database/client';
import { Prisma } from '../../prisma/generated/client';
import { byOwner, bySystem, byTraveler } from '../support/bookings';
import { EventStream } from '../support/event-stream';
import { until } from '../support/until';
import { type ApiWorld, apiWorld, token } from './support/api-world';

const ANN = 'traveler:ann';
const OWNER = 'owner:owner-1';

let world: ApiWorld;
let streams: EventStream[] = [];
beforeAll(async () => {
  world = await apiWorld({
    env: {
      AUTH_COOKIE: 'session',
      ...{ LIVE_STREAMS_PER_CALLER: '2', LIVE_STREAMS: '4', LIVE_HEARTBEAT_MS: '300' },
    },
  });
});
afterEach(async () => {
  for (const stream of streams) stream.close();
  streams = [];
  world.nudges.isHeard = true;
  await until(seatsTaken, (taken) => taken === 0);
});
afterAll(() => world.close());

let stays = 0;
/** Opens a booking of another night each time; `PROP-001` is owner-1's, `PROP-003` is not. */
async function book(propertyId = 'PROP-001', as = ANN): Promise<BookingId> {
  stays += 1;
  const startDate = new Date(Date.UTC(2026, 6, stays)).toISOString().slice(0, 10);
  const endDate = new Date(Date.UTC(2026, 6, stays + 1)).toISOString().slice(0, 10);
  const body = { propertyId, startDate, endDate };
  const { json } = await world.call('POST', '/api/bookings', { as, body });
  return json.booking.id;
}

async function open(path: string, as: string, headers: object = {}, { base } = world): Promise<EventStream> {
  const authorization = `Bearer ${await token(as)}`;
  const stream = await EventStream.open(base + path, { authorization, ...headers });
  streams.push(stream);
  return stream;
}
const openBooking = (id: string, as = ANN, headers = {}, there = world) =>
  open(`/api/bookings/${id}/events`, as, headers, there);
async function openOwner(headers = {}): Promise<EventStream> {
  const stream = await open('/api/owners/events', OWNER, headers);
  await stream.comment();
  return stream;
}
async function comeBack(stream: EventStream): Promise<EventStream> {
  const again = await stream.reconnect();
  streams.push(again);
  return again;
}

const told = (heard: Awaited<ReturnType<EventStream['take']>>) =>
  heard.map(({ data }) => `${data.bookingId} ${data.sequence}`);

async function seatsTaken(): Promise<number> {
  const { text } = await world.call('GET', '/metrics');
  return [...text.matchAll(/^live_streams\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
}

describe('the stream of a booking', () => {
  test('begins with its whole log and goes on with each fact it is nudged about', async () => {
    const id = await book();
    const stream = await openBooking(id);
    const [opened] = await stream.take(1);
    expect(opened).toEqual({
      id: '1',
      data: {
        bookingId: id,
        confirmationNumber: null,
        propertyId: 'PROP-001',
        sequence: 1,
        type: 'booking.opened',
        state: 'PENDING',
        status: 'PENDING',
        undo: 'none',
        actor: 'TRAVELER',
        reason: null,
        reasonCode: null,
        at: '2026-06-15T16:00:00.000Z',
      },
    });
    await world.saga.commit(id, 'booking.accepted', byOwner);
    world.nudges.nudge(id);
    world.nudges.nudge(id); // a message that came twice
    expect((await stream.take(1))[0]).toMatchObject({ id: '2', data: { state: 'ACCEPTED', actor: 'OWNER' } });
    // Two facts, and a message about the second one only.
    await world.saga.commit(id, 'payment.authorized', bySystem);
    await world.saga.commit(id, 'booking.cancelled', byTraveler, 'Plans changed');
    world.nudges.nudge(id);
    const rest = await stream.take(2);
    expect(rest.map(({ id }) => id)).toEqual(['3', '4']);
    expect(rest[1]?.data).toMatchObject({ state: 'CANCELLED', status: 'CANCELLED', reason: 'Plans changed' });
  });

  test('goes on after Last-Event-ID, be it the header or, on the first request, the query', async () => {
    const id = await book();
    await world.saga.commit(id, 'booking.accepted', byOwner);
    const stream = await openBooking(id);
    await stream.take(2);
    await world.saga.commit(id, 'payment.authorized', bySystem);
    expect(told(await (await comeBack(stream)).take(1))).toEqual([`${id} 3`]);
    const byQuery = await open(`/api/bookings/${id}/events?lastEventId=1`, OWNER);
    expect(told(await byQuery.take(2))).toEqual([`${id} 2`, `${id} 3`]);
    byQuery.close();
    const both = await open(`/api/bookings/${id}/events?lastEventId=1`, OWNER, { 'last-event-id': '2' });
    expect(told(await both.take(1))).toEqual([`${id} 3`]);
  });

  test('is for its traveler, its owner and administrators; others know nothing of it', async () => {
    const id = await book();
    for (const as of [ANN, OWNER, 'admin:root'])
      expect(told(await (await openBooking(id, as)).take(1))).toEqual([`${id} 1`]);
    const get = (as: string) => world.call('GET', `/api/bookings/${id}/events`, { as });
    for (const as of ['traveler:bob', 'owner:owner-2']) expect((await get(as)).status).toBe(404);
    const nobody = await world.call('GET', `/api/bookings/${id}/events`);
    expect(nobody.json).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  test('takes the cookie, as EventSource sends no other token', async () => {
    const id = await book();
    const stream = await EventStream.open(`${world.base}/api/bookings/${id}/events`, {
      cookie: `session=${await token(ANN)}`,
    });
    streams.push(stream);
    expect(told(await stream.take(1))).toEqual([`${id} 1`]);
  });

  test('tells proxies to pass on and not to keep, and the browser when to come back', async () => {
    const id = await book();
    const closing = new AbortController();
    const headers = { authorization: `Bearer ${await token(ANN)}` };
    const response = await fetch(`${world.base}/api/bookings/${id}/events`, {
      headers,
      signal: closing.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const first = await response.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toMatch(/^: open\nretry: [123]\d{3}\n\n/);
    closing.abort();
    const head = await fetch(`${world.base}/api/bookings/${id}/events`, { method: 'HEAD', headers });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test.each(['x', '-1', '1.5', '99', '12345678901'])(
    'a Last-Event-ID %s is a clear 400',
    async (lastEventId) => {
      const id = await book();
      const headers = { 'last-event-id': lastEventId };
      const { json } = await world.call('GET', `/api/bookings/${id}/events`, { as: ANN, headers });
      expect(json).toMatchObject({
        status: 400,
        code: 'invalid-request',
        errors: [{ field: 'Last-Event-ID' }],
      });
      const unknown = await world.call('GET', `/api/bookings/${id}/events?since=1`, { as: ANN });
      expect(unknown.json).toMatchObject({ status: 400, code: 'invalid-request' });
    },
  );
});

describe('the stream of an owner', () => {
  test('begins now, tells of the bookings of own items and of no others', async () => {
    const earlier = await book();
    const stream = await openOwner();
    const foreign = await book('PROP-003');
    const own = await book();
    await world.saga.commit(earlier, 'booking.accepted', byOwner);
    for (const id of [foreign, own, earlier]) world.nudges.nudge(id);
    expect(told(await stream.take(2))).toEqual([`${own} 1`, `${earlier} 2`]);
    expect((await world.call('GET', '/api/owners/events', { as: ANN })).status).toBe(403);
    expect((await world.call('GET', '/api/owners/events', { as: 'admin:root' })).status).toBe(403);
  });

  test('what commits late is missed by nobody, though something that began later was sent before', async () => {
    const [slow, quick] = [await book(), await book()];
    const stream = await openOwner();
    const other = new Client({ connectionString: world.database.url });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT booking.commit_step($1::jsonb)', [JSON.stringify(rejection(slow))]);
      await world.saga.commit(quick, 'booking.accepted', byOwner);
      world.nudges.nudge(quick);
      expect(told(await stream.take(1))).toEqual([`${quick} 2`]);
      await other.query('COMMIT');
    } finally {
      await other.end();
    }
    const [first] = await world.database.query<{ booking_id: string }>(
      'SELECT booking_id FROM booking.booking_events WHERE sequence = 2 AND booking_id = ANY($1) ORDER BY transaction_id',
      [[slow, quick]],
    );
    expect(first?.booking_id).toBe(slow); // so any id in this order would have passed it over
    // By who stayed, and by who went away before.
    const again = await comeBack(stream);
    expect(told(await again.take(1))).toEqual([`${slow} 2`]);
    const third = await comeBack(again);
    await world.saga.commit(quick, 'payment.authorized', bySystem);
    world.nudges.nudge(quick);
    expect(told(await third.take(1))).toEqual([`${quick} 3`]);
  });

  test('cut in the middle of many facts it goes on with the very next, though others were committed since', async () => {
    const stream = await openOwner();
    stream.close();
    const ids: BookingId[] = [];
    for (let n = 0; n < 3; n += 1) ids.push(await book());
    const resumed = await comeBack(stream);
    const cut = await resumed.take(2);
    await world.saga.commit(ids[0] as BookingId, 'booking.accepted', byOwner);
    // Whatever else had arrived: this client got two events.
    resumed.lastEventId = cut[1]?.id;
    const rest = await (await comeBack(resumed)).take(2);
    expect(told([...cut, ...rest])).toEqual([...ids.map((id) => `${id} 1`), `${ids[0]} 2`]);
  });

  test('more facts than are read at once come all, once and in order', async () => {
    const id = await book();
    const stream = await openOwner();
    stream.close();
    // As many facts as a booking never has, written as the steps write them.
    await world.database.query(
      `INSERT INTO booking.booking_events (fact_id, booking_id, sequence, type, from_state, state, undo, actor, at)
       SELECT $1 || n, $1, n, 'booking.accepted', 'PENDING', 'ACCEPTED', 'none', 'OWNER', now()
       FROM generate_series(2, 251) n`,
      [id],
    );
    const heard = await (await comeBack(stream)).take(250);
    expect(heard.map(({ data }) => data.sequence)).toEqual(Array.from({ length: 250 }, (_, n) => n + 2));
    expect(new Set(heard.map(({ id }) => id)).size).toBe(250);
  });

  test('facts of one booking come in their order, also where an earlier transaction wrote the later one', async () => {
    const id = await book();
    const stream = await openOwner();
    stream.close();
    const early = new Client({ connectionString: world.database.url });
    await early.connect();
    try {
      await early.query('BEGIN');
      await early.query('SELECT pg_current_xact_id()');
      await world.saga.commit(id, 'booking.accepted', byOwner);
      await early.query(
        `INSERT INTO booking.booking_events (fact_id, booking_id, sequence, type, from_state, state, undo, actor, at)
         VALUES ($1 || 3, $1, 3, 'payment.authorized', 'ACCEPTED', 'PAYMENT_AUTHORIZED', 'none', 'SYSTEM', now())`,
        [id],
      );
      await early.query('COMMIT');
    } finally {
      await early.end();
    }
    expect(told(await (await comeBack(stream)).take(2))).toEqual([`${id} 2`, `${id} 3`]);
  });

  test('a page reads no more of the log than it sends, however much there is to come', async () => {
    const database = openApiDatabase(readConfig({ DATABASE_URL: world.database.url }));
    const id = await book();
    await world.database.query(
      `INSERT INTO booking.booking_events (fact_id, booking_id, sequence, type, from_state, state, undo, actor, at)
       SELECT $1 || n, $1, n, 'booking.accepted', 'PENDING', 'ACCEPTED', 'none', 'OWNER', now()
       FROM generate_series(2, 3000) n`,
      [id],
    );
    await world.database.query('ANALYZE booking.booking_events');
    let plan: unknown;
    const explaining = {
      async $queryRaw(parts: TemplateStringsArray, ...values: unknown[]) {
        const query = Prisma.sql(parts, ...values);
        plan = await database.$queryRaw(Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`);
        return database.$queryRaw(query);
      },
    } as unknown as Database;
    const log = await ownerLog(explaining, 'owner-1', '1:1:');
    await log.read();
    await log.read();
    const rows = [...JSON.stringify(plan).matchAll(/"(?:Actual Rows|Rows Removed by Filter)":([\d.]+)/g)];
    await database.$disconnect();
    expect(Math.max(...rows.map(([, count]) => Number(count)))).toBe(101);
  });

  test.each(['7', 'x:y:', '5:3:', '3:9:8,4', '1:2:~1:2:', '999999999999999:999999999999999:'])(
    'a Last-Event-ID %s is a clear 400',
    async (lastEventId) => {
      const headers = { 'last-event-id': lastEventId };
      const { json } = await world.call('GET', '/api/owners/events', { as: OWNER, headers });
      expect(json).toMatchObject({
        status: 400,
        code: 'invalid-request',
        errors: [{ field: 'Last-Event-ID' }],
      });
    },
  );
});

describe('a live stream', () => {
  test('that nobody nudges looks by itself with its heartbeat', async () => {
    const id = await book();
    const stream = await openBooking(id);
    await stream.take(1);
    expect(await stream.comment()).toBe('nothing new');
    await world.saga.commit(id, 'booking.accepted', byOwner);
    expect(told(await stream.take(1))).toEqual([`${id} 2`]);
  });

  test('of an owner carries its place in its heartbeat', async () => {
    const stream = await openOwner();
    const before = stream.lastEventId;
    await book('PROP-003'); // somebody else's, but the database has gone on
    const place = async () => {
      await stream.comment();
      return stream.lastEventId;
    };
    await until(place, (id) => id !== before);
  });

  test('ends when the token expires', async () => {
    const id = await book();
    const exp = Math.floor(Date.now() / 1000) - 4; // five seconds are forgiven
    const stream = await EventStream.open(`${world.base}/api/bookings/${id}/events`, {
      authorization: `Bearer ${await token(ANN, { exp })}`,
    });
    await stream.ended();
    expect(stream.comments.at(-1)).toBe('the token has expired');
  });

  test('is refused where there are too many, of one caller or in all, until one is closed', async () => {
    const id = await book();
    const get = (as: string) => world.call('GET', `/api/bookings/${id}/events`, { as });
    const mine = [await openBooking(id), await openBooking(id)];
    const refused = await get(ANN);
    expect(refused.json).toMatchObject({ status: 429, code: 'too-many-requests' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await openBooking(id, OWNER);
    await openBooking(id, OWNER);
    expect((await get('admin:root')).json).toMatchObject({ status: 503, code: 'unavailable' });
    mine[0]?.close();
    await until(seatsTaken, (taken) => taken === 3);
    await openBooking(id);
  });
});

describe('without heartbeats', () => {
  let quiet: ApiWorld;
  let id: BookingId;
  beforeAll(async () => {
    quiet = await apiWorld({ env: { LIVE_HEARTBEAT_MS: '3600000' } });
    const body = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-02' };
    id = (await quiet.call('POST', '/api/bookings', { as: ANN, body })).json.booking.id;
  });
  afterAll(() => quiet.close());

  test('streams look every second while the topics are away, and once when they are back', async () => {
    const stream = await openBooking(id, ANN, {}, quiet);
    await stream.take(1);
    const logged = (words: string) =>
      until(
        () => quiet.log.join(''),
        (log) => log.includes(words),
      );
    await logged('live streams follow the topics');
    quiet.nudges.isHeard = false;
    await logged('the topics cannot be read: live streams look');
    await quiet.saga.commit(id, 'booking.accepted', byOwner);
    expect(told(await stream.take(1))).toEqual([`${id} 2`]);
    quiet.nudges.isHeard = true;
    await quiet.saga.commit(id, 'payment.authorized', bySystem);
    expect(told(await stream.take(1))).toEqual([`${id} 3`]);
  });

  test('draining ends the streams and takes no more', async () => {
    const stream = await openBooking(id, ANN, { 'last-event-id': '3' }, quiet);
    await quiet.live.stop();
    await stream.ended();
    expect(stream.comments.at(-1)).toBe('this server is going away');
    const refused = await quiet.call('GET', `/api/bookings/${id}/events`, { as: ANN });
    expect(refused.json).toMatchObject({ status: 503, code: 'unavailable' });
  });
});

function rejection(bookingId: BookingId) {
  return {
    ...{ bookingId, sequence: 2, type: 'booking.rejected', from: 'PENDING', state: 'REJECTED', undo: 'none' },
    ...{ actor: 'OWNER', attempts: 1, details: {}, at: '2026-06-15T16:00:00.000Z' },
  };
}
