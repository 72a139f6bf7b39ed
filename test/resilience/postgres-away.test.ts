import { WorkflowUpdateStage } from '@temporalio/client';
import { startApi } from '../../api/start';
import { readConfig } from '../../platform/config';
import { arm, disarm } from '../../platform/failpoint';
import { createLogger } from '../../platform/logger';
import { acceptUpdate, cancelUpdate } from '../../workflows/messages';
import { addItem, bookingRequest, byOwner, byTraveler } from '../support/bookings';
import { provided } from '../support/database';
import { RestCaller } from '../support/rest';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';
import { hostOf, type TcpProxy, tcpProxy, throughProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

/** Money is held, nights are not yet blocked. */
const MID_SAGA = 'payment.authorized.committed';

let postgres: TcpProxy;
let world: SagaWorld;
// A world of its own for each: where time was skipped, the saga's clock is ahead of the worker's, and the worker then
// measures the five seconds of a local activity wrongly.
beforeEach(async () => {
  postgres = await tcpProxy(hostOf(provided('DATABASE_URL')));
  world = await sagaWorld(undefined, (url) => throughProxy(url, postgres));
});
afterEach(async () => {
  disarm(MID_SAGA);
  postgres.restore();
  await world.close();
  await postgres.close();
});

async function acceptedBooking(item: string) {
  const itemId = await addItem(world.database, item);
  const request = bookingRequest({ itemId, now: await world.now() });
  const saga = await world.open(request);
  await saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
  return { itemId, saga, id: request.bookingId };
}

/** From the next authorization on, Postgres refuses connections (`cut`) or does not answer (`hush`). */
function awayInMidSaga(how: 'cut' | 'hush'): Promise<void> {
  return new Promise((resolve) => {
    arm(MID_SAGA, async () => {
      postgres[how]();
      resolve();
    });
  });
}

async function historyLength(saga: SagaHandle): Promise<number> {
  return (await saga.describe()).historyLength;
}

test.each(['cut', 'hush'] as const)(
  'a saga that loses Postgres (%s) for two minutes goes on by itself, and its history hardly grows by it',
  async (how) => {
    const away = awayInMidSaga(how);
    const { itemId, saga, id } = await acceptedBooking('PROP-AWAY');
    await away;
    await world.env.sleep('2m');
    expect(await world.booking(id)).toMatchObject({ state: 'PAYMENT_AUTHORIZED' });
    postgres.restore();

    await world.env.sleep('1m');
    await until(
      () => world.booking(id),
      ({ state }) => state === 'CONFIRMED',
    );
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
    expect(await world.atProvider(id)).toEqual(['captured']);
    expect(await world.blockedNights(itemId)).toBe(3);

    disarm(MID_SAGA);
    const calm = await acceptedBooking('PROP-CALM');
    await calm.saga.result();
    expect(await world.log(id)).toEqual(await world.log(calm.id));
    const extra = (await historyLength(saga)) - (await historyLength(calm.saga));
    expect(extra).toBeLessThan(40);
  },
  120_000,
);

test('a cancel is answered 503 over REST meanwhile, and one the saga was told lands once Postgres is back', async () => {
  const away = awayInMidSaga('cut');
  const { itemId, saga, id } = await acceptedBooking('PROP-CANCEL');
  await away;
  const refused = await cancelOverRest(id);
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const cancel = await saga.startUpdate(cancelUpdate, {
    args: [{ by: byTraveler }],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  await world.env.sleep('2m');
  postgres.restore();

  await world.env.sleep('1m');
  expect(await cancel.result()).toMatchObject({ state: 'CANCELLED' });
  expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
  expect(await world.atProvider(id)).toEqual(['voided']);
  expect(await world.blockedNights(itemId)).toBe(0);
}, 120_000);

async function cancelOverRest(id: string) {
  const config = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: throughProxy(world.database.url, postgres),
    TEMPORAL_ADDRESS: world.env.address,
  });
  const api = await startApi({ ...config, PORT: 0 }, createLogger('silent', 'api'));
  try {
    const caller = new RestCaller(`http://127.0.0.1:${api.port}`, 'traveler:traveler-1', config);
    return await caller.put(`/api/bookings/${id}/cancel`);
  } finally {
    await api.stop();
  }
}
