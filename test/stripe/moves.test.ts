import type { SaveCardRequest, SettleRequest } from '../../domain/payment';
import { declined, failed, intent, invalid, list, ok, redirect, setup } from './support/fixtures';
import { ScriptedStripe } from './support/scripted-stripe';
import { BOOKING, type StripeWorld, stripeWorld } from './support/stripe-world';

let stripe: ScriptedStripe;
let world: StripeWorld;

beforeAll(async () => {
  stripe = await ScriptedStripe.start();
  world = await stripeWorld(stripe.url);
});
beforeEach(async () => {
  stripe.reset();
  await world.database.query('TRUNCATE booking.provider_references, booking.provider_customers');
});
afterAll(async () => {
  await world.close();
  await stripe.close();
});

const usd = (amount: number) => ({ amount, currency: 'USD' });
const READ = /^GET \/v1\/payment_intents\/pi_1$/;

describe('capture', () => {
  const CAPTURE = /capture$/;
  const capture = (amount = 9_000) =>
    world.gateway.capture({ key: `${BOOKING}/capture`, authorizationId: 'pi_1', amount: usd(amount) });
  const captured = (amount: number) => ok(intent('succeeded', { amount_received: amount }));

  test('takes part of a hold', async () => {
    stripe.on(CAPTURE, captured(9_000));
    expect(await capture()).toEqual({ outcome: 'done', reference: 'pi_1' });
    expect(stripe.asked[0]?.fields).toEqual({ amount_to_capture: '9000' });
  });

  test('repeated, it is done once; with another amount it is refused', async () => {
    stripe.on(CAPTURE, invalid('payment_intent_unexpected_state')).on(READ, captured(9_000));
    expect(await capture()).toMatchObject({ outcome: 'done' });
    stripe.on(CAPTURE, invalid('payment_intent_unexpected_state')).on(READ, captured(9_000));
    expect(await capture(8_000)).toEqual({ outcome: 'rejected', code: 'already_captured' });
  });

  test('a hold that ran out is refused for good', async () => {
    stripe
      .on(CAPTURE, invalid('charge_expired_for_capture'))
      .on(READ, ok(intent('canceled', { cancellation_reason: 'automatic' })));
    expect(await capture()).toEqual({ outcome: 'rejected', code: 'hold_expired' });
  });

  test('more than is held is refused for good', async () => {
    stripe.on(CAPTURE, invalid('amount_too_large')).on(READ, ok(intent('requires_capture')));
    expect(await capture(13_000)).toEqual({ outcome: 'rejected', code: 'amount_too_large' });
  });

  test('an answer that got lost is unknown', async () => {
    stripe.on(CAPTURE, failed(500, { type: 'api_error' }));
    expect(await capture()).toMatchObject({ outcome: 'unknown' });
  });
});

describe('void', () => {
  const CANCEL = /cancel$/;
  const giveBack = () => world.gateway.void({ key: `${BOOKING}/void`, authorizationId: 'pi_1' });

  test('gives a hold back, and is done once', async () => {
    stripe.on(CANCEL, ok(intent('canceled')));
    expect(await giveBack()).toEqual({ outcome: 'done', reference: 'pi_1' });
    stripe.on(CANCEL, invalid('payment_intent_unexpected_state')).on(READ, ok(intent('canceled')));
    expect(await giveBack()).toMatchObject({ outcome: 'done' });
  });

  test('what was captured cannot be voided', async () => {
    stripe.on(CANCEL, invalid('payment_intent_unexpected_state')).on(READ, ok(intent('succeeded')));
    expect(await giveBack()).toEqual({ outcome: 'rejected', code: 'already_captured' });
  });

  test('a hold that Stripe does not know is refused for good', async () => {
    stripe.on(CANCEL, failed(404, { type: 'invalid_request_error', code: 'resource_missing' }));
    stripe.on(READ, failed(404, { type: 'invalid_request_error', code: 'resource_missing' }));
    expect(await giveBack()).toEqual({ outcome: 'rejected', code: 'resource_missing' });
  });
});

describe('refund', () => {
  const LIST = /^GET \/v1\/refunds/;
  const CREATE = /^POST \/v1\/refunds/;
  const key = `${BOOKING}/refund/1`;
  const refund = () => world.gateway.refund({ key, authorizationId: 'pi_1', amount: usd(4_000) });

  test('gives part back, under the key', async () => {
    stripe.on(LIST, list()).on(CREATE, ok({ id: 're_1', status: 'pending' }));
    expect(await refund()).toEqual({ outcome: 'done', reference: 're_1' });
    expect(stripe.asked[1]).toMatchObject({ key, fields: { amount: '4000', payment_intent: 'pi_1' } });
  });

  test('long after Stripe has forgotten the key, the refund made under it is found, and none made again', async () => {
    stripe.on(LIST, list({ id: 're_1', status: 'succeeded', metadata: { key } }));
    expect(await refund()).toEqual({ outcome: 'done', reference: 're_1' });
    expect(stripe.heard()).toEqual(['GET /v1/refunds']);
  });

  test('a refund made for something else is not taken for this one', async () => {
    stripe
      .on(LIST, list({ id: 're_0', status: 'succeeded', metadata: {} }))
      .on(CREATE, ok({ id: 're_1', status: 'succeeded' }));
    expect(await refund()).toEqual({ outcome: 'done', reference: 're_1' });
  });

  test.each([
    ['charge_already_refunded', 'nothing_to_refund'],
    ['charge_disputed', 'charge_disputed'],
  ])('%s: refused for good as %s', async (code, ours) => {
    stripe.on(LIST, list()).on(CREATE, invalid(code));
    expect(await refund()).toEqual({ outcome: 'rejected', code: ours });
  });

  test('one that failed at the bank is refused for good', async () => {
    stripe.on(LIST, list({ id: 're_1', status: 'failed', metadata: { key } }));
    expect(await refund()).toEqual({ outcome: 'rejected', code: 'refund_failed' });
  });
});

describe('settle', () => {
  const LIST = /^GET \/v1\/transfers/;
  const CREATE = /^POST \/v1\/transfers/;
  const request: SettleRequest = {
    key: `${BOOKING}/settle`,
    bookingId: BOOKING,
    ownerId: 'owner-1',
    amount: usd(12_000),
  };

  test('an owner without an account is paid once they have one', async () => {
    await expect(world.gateway.settle(request)).rejects.toThrow('owner-1 has no account to be paid out to');
    await world.database.query(`INSERT INTO booking.payout_accounts VALUES ('owner-1', 'acct_1')`);
    stripe.on(LIST, list()).on(CREATE, ok({ id: 'tr_1' }));
    expect(await world.gateway.settle(request)).toEqual({ outcome: 'done', reference: 'tr_1' });
    expect(stripe.asked.at(-1)).toMatchObject({
      key: request.key,
      fields: { destination: 'acct_1', transfer_group: BOOKING, amount: '12000', currency: 'usd' },
    });
  });

  test('a transfer made before is found, and none made again', async () => {
    stripe.on(LIST, list({ id: 'tr_1', metadata: { key: request.key } }));
    expect(await world.gateway.settle(request)).toEqual({ outcome: 'done', reference: 'tr_1' });
    expect(stripe.heard()).toEqual(['GET /v1/transfers']);
  });

  test('money that is not available yet is no refusal', async () => {
    stripe.on(LIST, list()).on(CREATE, invalid('balance_insufficient'));
    await expect(world.gateway.settle(request)).rejects.toMatchObject({ name: 'GatewayUnreachable' });
  });
});

describe('saving a card', () => {
  const CUSTOMER = /^POST \/v1\/customers$/;
  const SETUP = /^POST \/v1\/setup_intents$/;
  const request: SaveCardRequest = {
    key: `${BOOKING}/card/1`,
    bookingId: BOOKING,
    travelerId: 'traveler-1',
    token: 'pm_1',
  };

  test('the card is saved for its traveler’s customer, of whom there is one', async () => {
    stripe.on(CUSTOMER, ok({ id: 'cus_1' })).on(SETUP, ok(setup('succeeded')));
    expect(await world.gateway.saveCard(request)).toEqual({ outcome: 'saved', card: 'cus_1/pm_1' });
    expect(stripe.asked[1]).toMatchObject({
      key: request.key,
      fields: { customer: 'cus_1', payment_method: 'pm_1', usage: 'off_session', confirm: 'true' },
    });
    stripe.heard();
    stripe.on(SETUP, ok(setup('succeeded', { id: 'seti_2' })));
    await world.gateway.saveCard({ ...request, key: `${BOOKING}/card/2` });
    expect(stripe.heard()).toEqual(['POST /v1/setup_intents']);
  });

  test('the cardholder must confirm: where, and afterwards it is saved', async () => {
    stripe
      .on(CUSTOMER, ok({ id: 'cus_1' }))
      .on(SETUP, ok(setup('requires_action', redirect('https://hooks.stripe.com/3ds'))));
    expect(await world.gateway.saveCard(request)).toEqual({
      outcome: 'requires_action',
      actionUrl: 'https://hooks.stripe.com/3ds',
    });
    stripe.on(/^GET \/v1\/setup_intents\/seti_1$/, ok(setup('succeeded')));
    expect(await world.gateway.saveCard(request)).toEqual({ outcome: 'saved', card: 'cus_1/pm_1' });
  });

  test('a declined card is not saved', async () => {
    stripe.on(CUSTOMER, ok({ id: 'cus_1' })).on(SETUP, declined('card_declined', 'insufficient_funds'));
    expect(await world.gateway.saveCard(request)).toEqual({
      outcome: 'declined',
      code: 'insufficient_funds',
    });
  });

  test('one that is saved already is', async () => {
    const saved = { ...request, token: 'cus_1/pm_1' };
    expect(await world.gateway.saveCard(saved)).toEqual({ outcome: 'saved', card: 'cus_1/pm_1' });
    expect(stripe.heard()).toEqual([]);
  });
});
