import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Client } from 'pg';
import { ask } from '../../api/saga/ask';
import { temporalSagaClient } from '../../api/saga/temporal-saga-client';
import { startApi } from '../../api/start';
import type { BookingId } from '../../domain/ids';
import { readConfig } from '../../platform/config';
import { createLogger } from '../../platform/logger';
import { connectTemporal } from '../../platform/temporal/connection';
import { freshDatabase, provided, type TestDatabase } from '../support/database';
import { type ApiWorld, apiWorld, send } from './support/api-world';

const wish = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };

describe('Postgres away', () => {
  let world: ApiWorld;
  let proxy: CuttableProxy;
  beforeAll(async () => {
    proxy = await cuttableProxy();
    world = await apiWorld({ through: (url) => proxy.to(url) });
  });
  afterAll(async () => {
    await world.close();
    await proxy.close();
  });

  test.each(['refused', 'cut', 'silent'] as const)(
    '(%s) is a 503 on every route that needs it, and passes',
    async (how) => {
      const open = await world.call('POST', '/api/bookings', { as: 'traveler:ann', body: wish });
      expect(open.status).toBe(201);
      const { id } = open.json.booking;
      proxy.break(how);
      const calls: [string, string, string, unknown?][] = [
        ['GET', '/api/bookings', 'traveler:ann'],
        ['GET', `/api/bookings/${id}`, 'traveler:ann'],
        ['POST', '/api/bookings', 'traveler:ann', wish],
        ['PUT', `/api/bookings/${id}/accept`, 'owner:owner-1', {}],
        ['GET', '/api/items', 'traveler:ann'],
      ];
      const replies = await Promise.all(
        calls.map(([method, path, as, body]) =>
          world.call(method, path, { as, body, key: body === undefined ? undefined : randomUUID() }),
        ),
      );
      for (const reply of replies) {
        expect(reply.json).toMatchObject({ status: 503, code: 'unavailable' });
        expect(reply.headers.get('retry-after')).toBe('5');
      }
      const ready = await world.call('GET', '/readyz');
      expect(ready.status).toBe(503);
      expect(ready.json.troubles).toEqual([expect.stringMatching(/^Postgres/)]);
      expect((await world.call('GET', '/livez')).status).toBe(200);
      proxy.mend();
      // Connections that broke are replaced one by one.
      await expect(poll(() => world.call('GET', '/readyz'))).resolves.toMatchObject({ status: 200 });
      expect((await world.call('GET', `/api/bookings/${id}`, { as: 'traveler:ann' })).status).toBe(200);
    },
  );

  test('after the saga has opened the booking, is an unknown outcome', async () => {
    const real = world.saga.open;
    world.saga.open = async (request) => {
      const answer = await real(request);
      proxy.break('refused');
      return answer;
    };
    const key = randomUUID();
    const call = () => world.call('POST', '/api/bookings', { as: 'traveler:bob', body: wish, key });
    const lost = await call();
    world.saga.open = real;
    expect(lost.json).toMatchObject({ status: 503, code: 'outcome-unknown' });
    proxy.mend();
    await poll(() => world.call('GET', '/readyz'));
    // The key could not be let go either: it waits to count as abandoned.
    await world.database.query(
      `UPDATE booking.idempotency_keys SET driven_at = now() - interval '31 s' WHERE key = $1`,
      [key],
    );
    expect((await call()).json.booking.id).toBe(lost.json.bookingId);
  });
});

describe('Temporal away', () => {
  const bookingId = 'BKG00000000000000000000' as BookingId;
  const by = { role: 'SYSTEM', id: 'root' } as const;

  test('is told from silence: what never left is unsent', async () => {
    const connection = connectTemporal({ ...readConfig({}), TEMPORAL_ADDRESS: '127.0.0.1:9' }, []);
    const saga = temporalSagaClient(connection, readConfig({}));
    const started = Date.now();
    expect(await saga.cancel(bookingId, { by }, 'u')).toEqual({ outcome: 'unsent' });
    expect(Date.now() - started).toBeLessThan(4000);
    expect(await saga.trouble()).toMatch(/^Temporal does not answer/);
    await connection.close();
  });

  describe('in the middle of a call', () => {
    let proxy: CuttableProxy;
    let connection: ReturnType<typeof connectTemporal>;
    const call = () => connection.workflowService.getSystemInfo({});
    beforeEach(async () => {
      proxy = await cuttableProxy();
      const address = new URL(proxy.to(`tcp://${provided('TEMPORAL_ADDRESS')}`)).host;
      connection = connectTemporal({ ...readConfig({}), TEMPORAL_ADDRESS: address }, []);
      expect(await ask(connection, call)).toEqual({ outcome: 'committed' });
    });
    afterEach(async () => {
      await connection.close();
      await proxy.close();
    });

    test('by falling silent, is an unknown outcome after the deadline', async () => {
      proxy.break('silent');
      const started = Date.now();
      expect(await ask(connection, call, 700)).toEqual({ outcome: 'unknown' });
      expect(Date.now() - started).toBeLessThan(1500);
    });

    test('by hanging up, is an unknown outcome although later attempts are not even sent', async () => {
      proxy.break('silent');
      setTimeout(() => proxy.break('refused'), 100);
      expect(await ask(connection, call)).toEqual({ outcome: 'unknown' });
    });

    test('between two calls, is not: nothing was sent', async () => {
      proxy.break('refused');
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await ask(connection, call)).toEqual({ outcome: 'unsent' });
      proxy.mend();
      await poll(async () => ({ status: (await ask(connection, call)).outcome === 'committed' ? 200 : 503 }));
    });
  });

  test('keeps nobody from reading', async () => {
    const database = await freshDatabase();
    const config = readConfig({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
    });
    const api = await startApi({ ...config, PORT: 0 }, createLogger('silent', 'api'));
    const base = `http://127.0.0.1:${api.port}`;
    try {
      expect((await send(base, 'GET', '/api/bookings', { as: 'traveler:ann' })).status).toBe(200);
      const ready = await send(base, 'GET', '/readyz', {});
      expect(ready.status).toBe(503);
      expect(ready.json.troubles).toEqual([expect.stringMatching(/^Temporal/)]);
      expect(await api.trouble?.()).toMatch(/^Temporal/);
    } finally {
      await api.stop();
      await database.close();
    }
  });
});

describe('stopping', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.close());

  test('answers what is in hand, takes nothing new, and leaves nothing open', async () => {
    const config = readConfig({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
    });
    const api = await startApi({ ...config, PORT: 0 }, createLogger('silent', 'api'));
    const base = `http://127.0.0.1:${api.port}`;
    const lock = new Client({ connectionString: database.url });
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE booking.bookings IN ACCESS EXCLUSIVE MODE');
    const inHand = send(base, 'GET', '/api/bookings', { as: 'traveler:ann' });
    await poll(async () => ({ status: (await waiting(database)) > 0 ? 200 : 503 }));
    const stopped = api.stop();
    await expect(send(base, 'GET', '/livez', {})).rejects.toThrow();
    await lock.end();
    const reply = await inHand;
    expect(reply.status).toBe(200);
    await stopped;
    await poll(async () => ({ status: (await connections(database)) === 0 ? 200 : 503 }));
  });
});

async function connections(database: TestDatabase): Promise<number> {
  const rows = await database.query(
    `SELECT 1 FROM pg_stat_activity WHERE application_name = 'booking-saga api' AND datname = current_database()`,
  );
  return rows.length;
}

async function waiting(database: TestDatabase): Promise<number> {
  const rows = await database.query(
    `SELECT 1 FROM pg_stat_activity WHERE application_name = 'booking-saga api' AND datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length;
}

async function poll<T extends { status: number }>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen.status === 200) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface CuttableProxy {
  to(url: string): string;
  break(how: 'refused' | 'cut' | 'silent'): void;
  mend(): void;
  close(): Promise<void>;
}

/** Stands before Postgres and can refuse connections, cut them, or let them hang. */
async function cuttableProxy(): Promise<CuttableProxy> {
  let target = { host: '', port: 0 };
  let state: 'up' | 'refused' | 'cut' | 'silent' = 'up';
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.on('close', () => sockets.delete(near)).on('error', () => undefined);
    if (state === 'silent') return;
    if (state !== 'up') {
      near.destroy();
      return;
    }
    const far = connect(target);
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.on('data', (chunk) => state !== 'silent' && far.write(chunk));
    far.on('data', (chunk) => state !== 'silent' && near.write(chunk));
  });
  const { port, close } = await listening(server);
  return {
    to(url) {
      const real = new URL(url);
      target = { host: real.hostname, port: Number(real.port) };
      real.host = `127.0.0.1:${port}`;
      return real.href;
    },
    break(how) {
      state = how;
      if (how !== 'silent') for (const socket of sockets) socket.destroy();
    },
    mend() {
      state = 'up';
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
}

async function listening(server: Server): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
