import Stripe from 'stripe';
import { until } from '../support/until';
import { type ApiWorld, apiWorld } from './support/api-world';

const SECRET = 'whsec_test';
let world: ApiWorld;
let bookingId: string;

beforeAll(async () => {
  world = await apiWorld({ env: { STRIPE_WEBHOOK_SECRET: SECRET } });
  world.setNow(new Date().toISOString());
  const created = await world.call('POST', '/api/bookings', {
    as: 'traveler:ann',
    body: { propertyId: 'PROP-001', startDate: soon(30), endDate: soon(32), paymentToken: 'pm_1' },
  });
  bookingId = created.json.booking.id;
});
beforeEach(async () => {
  world.saga.said.splice(0);
  await world.database.query('TRUNCATE booking.provider_events, booking.provider_references');
});
afterAll(async () => await world.close());

function soon(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** An event as docs.stripe.com/api/events shows it. */
function event(type: string, object: object, id = 'evt_1') {
  return { id, object: 'event', api_version: '2026-10-28.endive', created: 1, type, data: { object } };
}

const intent = (more: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_capture',
  metadata: { booking_id: bookingId, key: `${bookingId}/authorize/1` },
  receipt_email: 'ann@example.com',
  ...more,
});

const dispute = (more: object = {}) => ({
  id: 'dp_1',
  object: 'dispute',
  amount: 12_000,
  currency: 'usd',
  payment_intent: 'pi_1',
  reason: 'fraudulent',
  status: 'needs_response',
  evidence: { customer_name: 'Ann Example' },
  evidence_details: { due_by: 1_800_000_000 },
  ...more,
});

function sent(body: object, options: { secret?: string; timestamp?: number; signature?: string } = {}) {
  const payload = JSON.stringify(body, null, 2);
  const signature =
    options.signature ??
    Stripe.webhooks.generateTestHeaderString({
      payload,
      secret: options.secret ?? SECRET,
      ...(options.timestamp && { timestamp: options.timestamp }),
    });
  return world.call('POST', '/api/webhooks/stripe', {
    body: payload,
    headers: signature ? { 'stripe-signature': signature } : {},
  });
}

const stored = () =>
  world.database.query<Record<string, unknown>>(
    `SELECT id, type, kind, object_id, authorization_id, booking_id, details, handed_to
     FROM booking.provider_events ORDER BY receipt`,
  );

/** The adapter has written down which payment is whose, and that its cardholder was asked. */
const referred = (asked = true) =>
  world.database.query(
    `INSERT INTO booking.provider_references (key, booking_id, reference, asked_cardholder_at)
     VALUES ($1, $2, 'pi_1', CASE WHEN $3 THEN now() END)`,
    [`${bookingId}/authorize/1`, bookingId, asked],
  );

describe('who may tell', () => {
  const confirmed = () => event('payment_intent.amount_capturable_updated', intent());

  test.each([
    ['no signature', { signature: '' }],
    ['another secret', { secret: 'whsec_other' }],
    ['a signature of six minutes ago', { timestamp: Math.floor(Date.now() / 1000) - 360 }],
    ['a signature of something else', { signature: 't=1,v1=00' }],
  ])('%s is refused, and nothing is stored', async (_name, options) => {
    const reply = await sent(confirmed(), options);
    expect(reply).toMatchObject({ status: 400, json: { code: 'bad-signature' } });
    expect(await stored()).toEqual([]);
  });

  test('a body that was changed on the way is refused', async () => {
    const signature = Stripe.webhooks.generateTestHeaderString({
      payload: JSON.stringify(confirmed()),
      secret: SECRET,
    });
    expect((await sent({ ...confirmed(), livemode: true }, { signature })).status).toBe(400);
  });

  test('an event that is told again is stored and handed on once', async () => {
    await referred();
    expect((await sent(confirmed())).json).toEqual({ received: true, outcome: 'handed-on' });
    expect((await sent(confirmed())).json).toEqual({ received: true, outcome: 'known' });
    expect(await stored()).toHaveLength(1);
  });

  test('without a signing secret there is nothing at the address', async () => {
    const without = await apiWorld();
    const reply = await without.call('POST', '/api/webhooks/stripe', { body: confirmed() });
    expect(reply).toMatchObject({ status: 404 });
    expect(reply.text).toContain('STRIPE_WEBHOOK_SECRET');
    await without.close();
  });

  test('the rate limit is not for providers', async () => {
    const narrow = await apiWorld({ env: { STRIPE_WEBHOOK_SECRET: SECRET, RATE_LIMIT_PER_MINUTE: '1' } });
    for (const _ of [1, 2, 3]) {
      expect((await narrow.call('POST', '/api/webhooks/stripe', { body: confirmed() })).status).toBe(400);
    }
    await narrow.close();
  });
});

describe('a cardholder who was asked', () => {
  test.each([
    ['payment_intent.amount_capturable_updated', 'action-completed'],
    ['payment_intent.payment_failed', 'action-failed'],
  ])('%s is told to the saga as %s', async (type, kind) => {
    await referred();
    await sent(event(type, intent()));
    const [said] = await until(
      () => world.saga.said,
      (all) => all.length > 0,
    );
    expect(said).toEqual({ method: 'tell', bookingId, message: { kind, authorizationId: 'pi_1' } });
    await until(stored, ([one]) => one?.handed_to === 'workflow');
  });

  test('a card whose saving was confirmed is told without an authorization', async () => {
    await sent(event('setup_intent.succeeded', { id: 'seti_1', metadata: { booking_id: bookingId } }));
    const [said] = await until(
      () => world.saga.said,
      (all) => all.length > 0,
    );
    expect(said?.message).toEqual({ kind: 'action-completed' });
  });

  test('the echo of a payment whose cardholder was not asked is kept and told to nobody', async () => {
    await referred(false);
    const reply = await sent(event('payment_intent.amount_capturable_updated', intent()));
    expect(reply.json.outcome).toBe('ignored');
    expect(await stored()).toMatchObject([{ kind: null, booking_id: bookingId }]);
  });

  test('a payment of somebody else’s on the same account is kept and told to nobody', async () => {
    const reply = await sent(event('payment_intent.amount_capturable_updated', intent({ metadata: {} })));
    expect(reply.json.outcome).toBe('ignored');
    expect(await stored()).toMatchObject([{ kind: null, booking_id: null }]);
  });

  test('a booking whose saga is over: nobody', async () => {
    await referred();
    world.saga.answerNext({ outcome: 'closed' });
    await sent(event('payment_intent.amount_capturable_updated', intent()));
    await until(stored, ([one]) => one?.handed_to === 'nobody');
  });

  test('Temporal is away: the events of a booking wait, and are handed on in their order', async () => {
    world.saga.answerNext({ outcome: 'unsent' });
    await world.database.query(
      `INSERT INTO booking.provider_events (id, provider, type, kind, object_id, booking_id, details)
       SELECT 'evt_' || kind, 'stripe', 'x', kind, 'pi_1', $1, jsonb_build_object('kind', kind)
       FROM unnest(ARRAY['action-failed', 'action-completed']) kind`,
      [bookingId],
    );
    await until(stored, (all) => all.every(({ handed_to }) => handed_to === 'workflow'));
    const kinds = world.saga.said.map(({ message }) => (message as { kind: string }).kind);
    expect(kinds).toEqual(['action-failed', 'action-failed', 'action-completed']);
  });
});

describe('money that moved without us', () => {
  test('a dispute is stored with what is needed and nothing personal, and waits for its workflow', async () => {
    await referred();
    await sent(event('charge.dispute.created', dispute()));
    expect(await stored()).toEqual([
      {
        id: 'evt_1',
        type: 'charge.dispute.created',
        kind: 'dispute-opened',
        object_id: 'dp_1',
        authorization_id: 'pi_1',
        booking_id: bookingId,
        details: {
          kind: 'dispute-opened',
          authorizationId: 'pi_1',
          amount: { amount: 12_000, currency: 'USD' },
          disputeId: 'dp_1',
          reason: 'fraudulent',
          evidenceDueBy: '2027-01-15T08:00:00.000Z',
        },
        handed_to: null,
      },
    ]);
    expect(world.saga.said).toEqual([]);
  });

  test.each([
    ['won', 'won'],
    ['lost', 'lost'],
    ['warning_closed', 'won'],
  ])('a dispute that closed as %s was %s', async (status, outcome) => {
    await referred();
    await sent(event('charge.dispute.closed', dispute({ status })));
    expect(await stored()).toMatchObject([{ kind: 'dispute-closed', details: { outcome } }]);
  });

  const refund = (metadata: object) => ({
    id: 're_1',
    object: 'refund',
    amount: 4_000,
    currency: 'usd',
    payment_intent: 'pi_1',
    metadata,
  });

  test('a refund made in the dashboard is told, one of ours is not', async () => {
    await referred();
    await sent(event('refund.created', refund({}), 'evt_1'));
    await sent(event('refund.created', refund({ key: `${bookingId}/refund/1` }), 'evt_2'));
    expect(await stored()).toMatchObject([
      {
        kind: 'refunded',
        details: { authorizationId: 'pi_1', refundId: 're_1', amount: { amount: 4_000, currency: 'USD' } },
      },
      { kind: null },
    ]);
  });

  test('a refund of ours that came back from the bank is told', async () => {
    await referred();
    await sent(event('refund.failed', refund({ key: `${bookingId}/refund/1` })));
    expect(await stored()).toMatchObject([{ kind: 'refund-failed' }]);
  });

  test('a type that nobody here knows is kept and ignored', async () => {
    expect(
      (await sent(event('customer.created', { id: 'cus_1', email: 'ann@example.com' }))).json.outcome,
    ).toBe('ignored');
    expect(await stored()).toMatchObject([{ type: 'customer.created', kind: null, object_id: 'cus_1' }]);
  });

  test('nothing personal is stored, whatever an event holds', async () => {
    await referred();
    await sent(event('payment_intent.amount_capturable_updated', intent(), 'evt_1'));
    await sent(event('charge.dispute.created', dispute(), 'evt_2'));
    expect(JSON.stringify(await stored())).not.toMatch(/ann@example|Ann Example/);
  });
});
