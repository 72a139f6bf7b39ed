import { randomUUID } from 'node:crypto';
import { startApi } from '../../api/start';
import { type Config, readConfig } from '../../platform/config';
import { createLogger } from '../../platform/logger';
import type { RunningRole } from '../../platform/role';
import { seed } from '../../scripts/seed';
import { startWorker } from '../../scripts/worker';
import { freshDatabase, provided, type TestDatabase } from '../support/database';
import { type CallOptions, type Reply, send } from './support/api-world';

const ANN = 'traveler:ann';
const OWNER = 'owner:owner-1';
const logger = createLogger('silent', 'test');
const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

describe('over the real saga', () => {
  let database: TestDatabase;
  let config: Config;
  let api: Awaited<ReturnType<typeof startApi>>;
  let worker: RunningRole | undefined;

  beforeAll(async () => {
    database = await freshDatabase();
    await seed(database.url);
    config = {
      ...readConfig({
        NODE_ENV: 'test',
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: provided('TEMPORAL_ADDRESS'),
        TEMPORAL_TASK_QUEUE: `api-${randomUUID()}`,
      }),
      PORT: 0,
    };
    api = await startApi(config, logger);
    worker = await startWorker(config, logger);
  });
  afterAll(async () => {
    await api.stop();
    await worker?.stop();
    await database.close();
  });

  const call = (method: string, path: string, options: CallOptions): Promise<Reply> =>
    send(`http://127.0.0.1:${api.port}`, method, path, options);
  const create = (change: object, options: CallOptions = {}) =>
    call('POST', '/api/bookings', {
      as: ANN,
      body: { propertyId: 'PROP-001', startDate: day(30), endDate: day(33), ...change },
      ...options,
    });
  const reached = async (id: string, state: string) => {
    for (;;) {
      const { booking } = (await call('GET', `/api/bookings/${id}`, { as: ANN })).json;
      if (booking.state === state) return booking;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test('a request is opened, accepted, confirmed, cancelled and undone', async () => {
    const near = { startDate: day(2), endDate: day(5) };
    const opened = await create({ ...near, totalPrice: 900 });
    expect(opened.json.booking).toMatchObject({ state: 'PENDING', sequence: 1 });
    const { id } = opened.json.booking;
    const accepted = await call('PUT', `/api/owners/bookings/${id}/approve`, { as: OWNER });
    expect(accepted.json.data.status).toBe('ACCEPTED');
    expect(await reached(id, 'CONFIRMED')).toMatchObject({ paymentStatus: 'authorized' });
    const late = await call('PUT', `/api/bookings/${id}/accept`, { as: OWNER });
    expect(late.json).toMatchObject({ status: 409, code: 'illegal-transition', state: 'CONFIRMED' });
    const taken = await create(near, { as: 'traveler:bob' });
    expect(taken.json).toMatchObject({
      status: 409,
      code: 'nights-unavailable',
      nights: [day(2), day(3), day(4)],
    });
    const cancelled = await call('PUT', `/api/bookings/${id}/cancel`, {
      as: ANN,
      body: { reason: 'Plans changed' },
    });
    expect(cancelled.json.booking).toMatchObject({ state: 'CANCELLED', reason: 'Plans changed' });
    const timeline = async () =>
      (await call('GET', `/api/bookings/${id}/timeline`, { as: OWNER })).json.timeline;
    while ((await timeline()).at(-1).undo !== 'done') await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await timeline()).map(({ type }: { type: string }) => type)).toEqual([
      'booking.opened',
      'booking.accepted',
      'payment.authorized',
      'inventory.blocked',
      'booking.confirmed',
      'booking.cancelled',
      'undo.completed',
      'undo.completed',
    ]);
    // Money on the wire is decimal, also in the log.
    expect((await timeline())[2].details).toMatchObject({ amount: 900, currency: 'USD' });
    const undo = await call('POST', `/api/admin/bookings/${id}/undo/release-nights/retry`, {
      as: 'admin:root',
    });
    expect(undo.status).toBe(409);
  });

  test('twins sent at once open one booking, also where it is confirmed at once', async () => {
    const dates = { propertyId: 'PROP-002', startDate: day(70), endDate: day(72) };
    const replies = await Promise.all(Array.from({ length: 6 }, () => create(dates)));
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(new Set(replies.map(({ json }) => json.booking.id)).size).toBe(1);
  });

  test('what a provider told is handed to a running saga, and to nobody once it is over', async () => {
    const { id } = (await create({ startDate: day(80), endDate: day(81) })).json.booking;
    const told = (event: string) =>
      database.query(
        `INSERT INTO booking.provider_events (id, provider, type, kind, object_id, booking_id, details)
         VALUES ($1, 'simulator', 'x', 'action-completed', 'auth_1', $2, '{"kind": "action-completed"}')`,
        [event, id],
      );
    const handedTo = async (event: string) => {
      await told(event);
      const sql = 'SELECT handed_to FROM booking.provider_events WHERE id = $1 AND handed_at IS NOT NULL';
      const rows = () => database.query<{ handed_to: string }>(sql, [event]);
      await waitFor(async () => (await rows()).length === 1);
      return (await rows())[0]?.handed_to;
    };
    expect(await handedTo('evt_0')).toBe('workflow');
    await call('PUT', `/api/bookings/${id}/cancel`, { as: ANN });
    // The saga closes a moment after its ending is answered.
    let count = 0;
    await waitFor(async () => (await handedTo(`evt_${++count}`)) === 'nobody');
  });

  test('without a card, the booking waits for one', async () => {
    const as = 'traveler:traveler-no-card';
    const { id } = (await create({ startDate: day(40), endDate: day(41), propertyId: 'PROP-002' }, { as }))
      .json.booking;
    const paid = await call('PUT', `/api/bookings/${id}/payment`, {
      as,
      body: { paymentToken: 'tok_approved' },
    });
    expect(paid.json.message).toBe('Payment method received');
    await waitFor(
      async () => (await call('GET', `/api/bookings/${id}`, { as })).json.booking.state === 'CONFIRMED',
    );
  });

  test('an action whose answer got lost is answered by a saga that has closed since', async () => {
    const { id } = (await create({ startDate: day(50), endDate: day(51) })).json.booking;
    const key = randomUUID();
    const reject = () => call('PUT', `/api/owners/bookings/${id}/reject`, { as: OWNER, key });
    expect((await reject()).status).toBe(200);
    await database.query(
      `UPDATE booking.idempotency_keys SET status = NULL, answer = NULL, driven_at = 'epoch' WHERE key = $1`,
      [key],
    );
    expect((await reject()).json).toMatchObject({ success: true, data: { id, state: 'REJECTED' } });
  });

  test('with no worker the outcome is unknown; with one, the same key finds the one booking', async () => {
    await worker?.stop();
    worker = undefined;
    const key = randomUUID();
    const dates = { startDate: day(60), endDate: day(61) };
    const lost = await create(dates, { key });
    expect(lost.json).toMatchObject({ status: 503, code: 'outcome-unknown' });
    worker = await startWorker(config, logger);
    const found = await create(dates, { key });
    expect(found.status).toBe(201);
    expect(found.json.booking.id).toBe(lost.json.bookingId);
    const rows = await database.query('SELECT id FROM booking.bookings WHERE start_date = $1', [day(60)]);
    expect(rows).toEqual([{ id: lost.json.bookingId }]);
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
