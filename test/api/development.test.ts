import { Pool } from 'pg';
import { PaymentSimulator } from '../../activities/payment-simulator/simulator';
import type { BookingId } from '../../domain/ids';
import { until } from '../support/until';
import { type ApiWorld, apiWorld } from './support/api-world';

let world: ApiWorld;
let books: Pool;
let simulator: PaymentSimulator;
let bookingId: BookingId;
let round = 0;

beforeAll(async () => {
  world = await apiWorld();
  books = new Pool({ connectionString: world.database.url, max: 2 });
  simulator = new PaymentSimulator(books, world.base);
  const body = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };
  bookingId = (await world.call('POST', '/api/bookings', { as: 'traveler:ann', body })).json.booking.id;
});
beforeEach(async () => {
  round += 1;
  world.saga.said.splice(0);
  await world.database.query('TRUNCATE booking.provider_events');
});
afterAll(async () => {
  await books.end();
  await world.close();
});

const authorize = (token: string) =>
  simulator.authorize({
    key: `${bookingId}/authorize/${round}`,
    bookingId,
    token,
    amount: { amount: 30_000, currency: 'USD' },
  });

/** A payment that waits for its cardholder, and where they go. */
async function waiting(): Promise<{ id: string; page: string }> {
  const answer = await authorize('tok_requires_action');
  if (answer.outcome !== 'requires_action') throw new Error(`it is ${answer.outcome}`);
  return { id: answer.authorizationId, page: answer.actionUrl.slice(world.base.length) };
}

async function captured(): Promise<string> {
  const held = await authorize('tok_approved');
  if (held.outcome !== 'authorized') throw new Error(`it is ${held.outcome}`);
  const { authorizationId } = held;
  await simulator.capture({ key: 'x', authorizationId, amount: { amount: 30_000, currency: 'USD' } });
  return authorizationId;
}

const events = () =>
  world.database.query<{ kind: string; details: object }>(
    'SELECT kind, details FROM booking.provider_events ORDER BY receipt',
  );
const kinds = async () => (await events()).map(({ kind }) => kind);

describe('a simulated cardholder', () => {
  test('is asked at a page with two buttons, for as long as they have not answered', async () => {
    const { page } = await waiting();
    const shown = await world.call('GET', page);
    expect(shown.text).toContain('payment of 300.00 USD');
    expect(shown.text).toContain('outcome=confirmed');
    await world.call('POST', `${page}?outcome=confirmed`);
    expect((await world.call('GET', page)).text).not.toContain('outcome=confirmed');
  });

  test.each([
    ['confirmed', 'held', 'action-completed', { outcome: 'authorized' }],
    ['refused', 'declined', 'action-failed', { outcome: 'declined', code: 'authentication_failed' }],
  ])('who %s has the payment %s, and the saga is told', async (outcome, status, kind, answer) => {
    const { id, page } = await waiting();
    const reply = await world.call('POST', `${page}?outcome=${outcome}`);
    expect(reply).toMatchObject({ status: 200, json: { id, bookingId, status } });
    const [said] = await until(
      () => world.saga.said,
      (all) => all.length > 0,
    );
    expect(said).toEqual({ method: 'tell', bookingId, message: { kind, authorizationId: id } });
    expect(await authorize('tok_requires_action')).toMatchObject(answer);
  });

  test('cannot take an answer back, and is heard once', async () => {
    const { page } = await waiting();
    await world.call('POST', `${page}?outcome=confirmed`);
    const again = await world.call('POST', `${page}?outcome=refused`);
    expect(again.json.status).toBe('held');
    expect(await kinds()).toEqual(['action-completed']);
  });

  test('of a payment that was given back confirms nothing', async () => {
    const { id, page } = await waiting();
    await simulator.void({ key: 'x', authorizationId: id });
    expect((await world.call('POST', `${page}?outcome=confirmed`)).json.status).toBe('voided');
  });

  test('confirms that a card is saved', async () => {
    const request = { key: `card/${round}`, bookingId, travelerId: 'ann', token: 'tok_requires_action' };
    const asked = await simulator.saveCard(request);
    if (asked.outcome !== 'requires_action') throw new Error(`it is ${asked.outcome}`);
    await world.call('POST', `${asked.actionUrl.slice(world.base.length)}?outcome=confirmed`);
    // Of the card, not of a payment that was confirmed before it.
    await until(
      () => world.saga.said.map(({ message }) => JSON.stringify(message)),
      (all) => all.includes('{"kind":"action-completed"}'),
    );
    const saved = await simulator.saveCard(request);
    if (saved.outcome !== 'saved') throw new Error(`it is ${saved.outcome}`);
    expect(await authorize(saved.card)).toMatchObject({ outcome: 'authorized' });
  });
});

describe('a simulated bank', () => {
  test.each([
    ['won', ['dispute-opened', 'dispute-funds-withdrawn', 'dispute-funds-reinstated', 'dispute-closed']],
    ['lost', ['dispute-opened', 'dispute-funds-withdrawn', 'dispute-closed']],
  ])('disputes a payment and decides that it is %s', async (outcome, told) => {
    const id = await captured();
    const opened = await world.call('POST', `/api/development/payments/${id}/disputes`, { body: {} });
    expect(opened).toMatchObject({ status: 201, json: { amount: 300, currency: 'USD', status: 'open' } });
    const { disputeId } = opened.json;
    const decided = await world.call(
      'POST',
      `/api/development/disputes/${disputeId}/decide?outcome=${outcome}`,
    );
    expect(decided.json.status).toBe(outcome);
    expect(await kinds()).toEqual(told);
    expect((await events()).at(-1)?.details).toMatchObject({ authorizationId: id, disputeId, outcome });
  });

  test('has nothing to dispute where nothing was captured', async () => {
    await authorize('tok_approved');
    expect((await world.call('POST', '/api/development/payments/none/disputes', { body: {} })).status).toBe(
      404,
    );
  });
});

test('a refund made in the provider’s own dashboard is told, and no more than is left', async () => {
  const id = await captured();
  const refund = (amount: number) =>
    world.call('POST', `/api/development/payments/${id}/refunds`, { body: { amount } });
  expect((await refund(100.5)).status).toBe(201);
  expect(await events()).toMatchObject([
    { kind: 'refunded', details: { authorizationId: id, amount: { amount: 10_050, currency: 'USD' } } },
  ]);
  expect((await refund(200)).status).toBe(400);
  expect((await refund(1.005)).status).toBe(400);
});

test.each([
  ['in production', { NODE_ENV: 'production' }],
  ['with a real provider', { PAYMENT_PROVIDER: 'stripe' }],
])('%s nobody may confirm for somebody else', async (_name, env) => {
  const real = await apiWorld({
    env: {
      ...{ ROLE: 'api', AUTH_JWKS_URL: 'https://id.example/keys', STRIPE_WEBHOOK_SECRET: 'whsec_1' },
      ...{ TEMPORAL_ADDRESS: '127.0.0.1:9', KAFKA_BROKERS: '' },
      ...env,
    },
  });
  const { page } = await waiting();
  expect((await real.call('GET', page)).status).toBe(404);
  expect((await real.call('POST', `${page}?outcome=confirmed`)).status).toBe(404);
  await real.close();
});
