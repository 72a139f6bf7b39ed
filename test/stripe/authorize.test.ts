import type { AuthorizeRequest } from '../../domain/payment';
import { declined, failed, intent, invalid, ok, redirect } from './support/fixtures';
import { ScriptedStripe } from './support/scripted-stripe';
import { BOOKING, type StripeWorld, stripeWorld } from './support/stripe-world';

let stripe: ScriptedStripe;
let world: StripeWorld;
let round = 0;

beforeAll(async () => {
  stripe = await ScriptedStripe.start();
  world = await stripeWorld(stripe.url);
});
beforeEach(async () => {
  round += 1;
  stripe.reset();
  await world.database.query('DELETE FROM booking.provider_references');
});
afterAll(async () => {
  await world.close();
  await stripe.close();
});

const CREATE = /^POST \/v1\/payment_intents$/;
const CONFIRM = /confirm$/;
const READ = /^GET \/v1\/payment_intents\/pi_1$/;
const made = ok(intent('requires_confirmation'));

const request = (change: Partial<AuthorizeRequest> = {}): AuthorizeRequest => ({
  key: `${BOOKING}/authorize/${round}`,
  bookingId: BOOKING,
  token: 'pm_1',
  amount: { amount: 12_000, currency: 'USD' },
  ...change,
});

test('a hold: a PaymentIntent is made under our key, written down, and then confirmed', async () => {
  stripe.on(CREATE, made).on(CONFIRM, ok(intent('requires_capture')));
  expect(await world.gateway.authorize(request())).toEqual({
    outcome: 'authorized',
    authorizationId: 'pi_1',
  });
  const [create, confirm] = stripe.asked;
  expect(create).toMatchObject({
    key: request().key,
    fields: {
      amount: '12000',
      currency: 'usd',
      capture_method: 'manual',
      payment_method: 'pm_1',
      'metadata[booking_id]': BOOKING,
      'metadata[key]': request().key,
    },
  });
  expect(confirm?.fields).toEqual({ return_url: 'https://shop.example/paid' });
  const kept = await world.database.query(
    'SELECT key, booking_id, reference FROM booking.provider_references',
  );
  expect(kept).toEqual([{ key: request().key, booking_id: BOOKING, reference: 'pi_1' }]);
});

test('asked again at any later time, it is read what became of it, and nothing is made anew', async () => {
  stripe
    .on(CREATE, made)
    .on(CONFIRM, ok(intent('requires_capture')))
    .on(READ, ok(intent('requires_capture')));
  await world.gateway.authorize(request());
  stripe.heard();
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'authorized' });
  expect(stripe.heard()).toEqual(['GET /v1/payment_intents/pi_1']);
});

test('the answer to the confirmation gets lost: unknown, and the next attempt reads it', async () => {
  // A closed connection is tried once more by Stripe's client itself.
  stripe
    .on(CREATE, made)
    .on(CONFIRM, 'cut')
    .on(CONFIRM, 'cut')
    .on(READ, ok(intent('requires_capture')));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'unknown' });
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'authorized' });
});

test('a confirmation that never arrived is sent by the next attempt', async () => {
  stripe.on(CREATE, made).on(CONFIRM, failed(500, { type: 'api_error' }));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'unknown' });
  stripe.on(READ, made).on(CONFIRM, ok(intent('requires_capture')));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'authorized' });
});

test('two attempts at once: the slower one finds it confirmed', async () => {
  stripe
    .on(CREATE, made)
    .on(CONFIRM, invalid('payment_intent_unexpected_state'))
    .on(READ, ok(intent('requires_capture')));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'authorized' });
});

test('the making gets lost: nothing can be held, so it is tried again', async () => {
  stripe.on(CREATE, 'cut').on(CREATE, 'cut');
  await expect(world.gateway.authorize(request())).rejects.toThrow('Stripe: the connection broke');
});

test('a failure that Stripe keeps under the key is asked past', async () => {
  stripe
    .on(CREATE, failed(500, { type: 'api_error' }, { 'idempotent-replayed': 'true' }))
    .on(CREATE, made)
    .on(CONFIRM, ok(intent('requires_capture')));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'authorized' });
  expect(stripe.asked.map(({ key }) => key === request().key)).toEqual([true, false, false]);
});

test.each([
  ['card_declined', 'insufficient_funds', 'insufficient_funds'],
  ['expired_card', undefined, 'expired_card'],
  ['incorrect_cvc', undefined, 'incorrect_card'],
  ['card_declined', 'stolen_card', 'card_declined'],
  ['card_declined', 'fraudulent', 'card_declined'],
])('declined with %s/%s: %s', async (code, declineCode, ours) => {
  stripe.on(CREATE, made).on(CONFIRM, declined(code, declineCode));
  expect(await world.gateway.authorize(request())).toEqual({ outcome: 'declined', code: ours });
});

test('a decline whose answer got lost is read as the same decline', async () => {
  stripe.on(CREATE, made).on(CONFIRM, 'cut').on(CONFIRM, 'cut');
  await world.gateway.authorize(request());
  const error = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' };
  stripe.on(READ, ok(intent('requires_payment_method', { last_payment_error: error })));
  expect(await world.gateway.authorize(request())).toEqual({
    outcome: 'declined',
    code: 'insufficient_funds',
  });
});

test('an unknown or used up token is a decline, and so is what is no token at all', async () => {
  stripe.on(CREATE, invalid('resource_missing', 'payment_method'));
  const unknown = { outcome: 'declined', code: 'unknown_token' };
  expect(await world.gateway.authorize(request())).toEqual(unknown);
  stripe.on(/payment_methods$/, invalid('token_already_used'));
  expect(await world.gateway.authorize(request({ token: 'tok_visa' }))).toEqual(unknown);
  stripe.heard();
  expect(await world.gateway.authorize(request({ token: '4242 4242 4242 4242' }))).toEqual(unknown);
  expect(stripe.heard()).toEqual([]);
});

test('the cardholder must confirm: where, and afterwards what they did', async () => {
  const waiting = intent('requires_action', redirect('https://hooks.stripe.com/3ds'));
  stripe.on(CREATE, made).on(CONFIRM, ok(waiting));
  expect(await world.gateway.authorize(request())).toEqual({
    outcome: 'requires_action',
    actionUrl: 'https://hooks.stripe.com/3ds',
    authorizationId: 'pi_1',
  });
  stripe.on(READ, ok(waiting));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'requires_action' });
  stripe.on(READ, ok(intent('requires_capture')));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'authorized' });
  const error = { type: 'invalid_request_error', code: 'payment_intent_authentication_failure' };
  stripe.on(READ, ok(intent('requires_payment_method', { last_payment_error: error })));
  expect(await world.gateway.authorize(request())).toEqual({
    outcome: 'declined',
    code: 'authentication_failed',
  });
});

test('a saved card is charged for its customer, off session', async () => {
  stripe.on(CREATE, made).on(CONFIRM, ok(intent('requires_capture')));
  await world.gateway.authorize(request({ token: 'cus_1/pm_1', offSession: true }));
  expect(stripe.asked[0]?.fields).toMatchObject({ customer: 'cus_1', payment_method: 'pm_1' });
  expect(stripe.asked[1]?.fields).toEqual({ off_session: 'true' });
});

test('an issuer that wants the cardholder of a saved card: the traveler is told where to go', async () => {
  const error = { code: 'authentication_required', payment_method: { id: 'pm_1' } };
  stripe
    .on(CREATE, made)
    .on(CONFIRM, declined('authentication_required'))
    .on(READ, ok(intent('requires_payment_method', { last_payment_error: error })))
    .on(CONFIRM, ok(intent('requires_action', redirect('https://hooks.stripe.com/3ds'))));
  expect(await world.gateway.authorize(request({ token: 'cus_1/pm_1', offSession: true }))).toMatchObject({
    outcome: 'requires_action',
  });
  expect(stripe.asked.at(-1)?.fields).toEqual({
    payment_method: 'pm_1',
    return_url: 'https://shop.example/paid',
  });
});

test('a PaymentIntent that somebody cancelled at Stripe holds nothing; one that we gave back had been held', async () => {
  stripe
    .on(CREATE, made)
    .on(CONFIRM, ok(intent('canceled', { cancellation_reason: 'requested_by_customer' })));
  expect(await world.gateway.authorize(request())).toEqual({ outcome: 'declined', code: 'provider_refused' });
  stripe.on(READ, ok(intent('canceled', { cancellation_reason: 'abandoned' })));
  expect(await world.gateway.authorize(request())).toMatchObject({ outcome: 'authorized' });
});

test.each([
  [{ amount: 5_124, currency: 'KWD' }, 'a third decimal that is not 0'],
  [{ amount: 1_234, currency: 'MGA' }, 'a fraction of what has none at Stripe'],
])('%j (%s) is declined without being asked, never rounded', async (amount) => {
  expect(await world.gateway.authorize(request({ amount }))).toEqual({
    outcome: 'declined',
    code: 'amount_not_supported',
  });
  expect(stripe.heard()).toEqual([]);
});

describe('nothing was done, so the next attempt asks anew', () => {
  test.each([
    ['a wrong key', 401, { type: 'invalid_request_error' }, 'STRIPE_SECRET_KEY'],
    ['a key without permission', 403, { type: 'invalid_request_error' }, 'STRIPE_SECRET_KEY'],
    ['too many requests', 429, { type: 'invalid_request_error', code: 'rate_limit' }, '429'],
    ['the key in use', 409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }, '409'],
  ])('%s', async (_name, status, error, says) => {
    stripe.on(CREATE, failed(status, error));
    const asking = world.gateway.authorize(request());
    await expect(asking).rejects.toMatchObject({ name: 'GatewayUnreachable' });
    await expect(asking).rejects.toThrow(says);
  });

  test('nobody there', async () => {
    const away = await stripeWorld('http://127.0.0.1:9');
    await expect(away.gateway.authorize(request())).rejects.toThrow('no connection was made');
    await away.close();
  });
});

test('a request that Stripe finds wrong for another reason is final, and an operator reads it in the log', async () => {
  stripe.on(CREATE, invalid('parameter_unknown', 'capture_method'));
  expect(await world.gateway.authorize(request())).toEqual({ outcome: 'declined', code: 'provider_refused' });
  expect(world.log.join('')).toContain('Stripe refused a request for good');
  expect(world.log.join('')).not.toContain('sk_test');
});
