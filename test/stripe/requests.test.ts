import type Stripe from 'stripe';
import { openStripe } from '../../activities/stripe/stripe-client';
import { provided } from '../support/database';
import { BOOKING, SECRET_KEY, type StripeWorld, stripeWorld } from './support/stripe-world';

/*
 * stripe-mock refuses what Stripe's API would not take: unknown fields, missing ones, wrong types. What it answers is
 * canned, so that a request was taken is all that is looked at.
 */
let world: StripeWorld;
let mock: string;

beforeAll(async () => {
  const missing = process.env.STRIPE_MOCK_MISSING;
  if (missing) throw new Error(`stripe-mock is needed here: ${missing}`);
  mock = provided('STRIPE_MOCK_URL');
  world = await stripeWorld(mock);
});
afterAll(async () => await world?.close());

const usd = { amount: 12_000, currency: 'USD' };

/** Whether the request itself was found wrong; stripe-mock says so in these words. */
const complaints = () => world.log.filter((line) => line.includes('refused')).splice(0);

test('what stripe-mock does not take is noticed here', async () => {
  const stripe = openStripe({ secretKey: SECRET_KEY, apiBase: mock });
  const wrong = { amount: 1, currency: 'usd', bogus: true } as unknown as Stripe.PaymentIntentCreateParams;
  await expect(stripe.paymentIntents.create(wrong)).rejects.toThrow('additional properties are not allowed');
});

test.each(['pm_card_visa', 'tok_visa', 'cus_1/pm_1'])('authorizing with %s', async (token) => {
  const key = `${BOOKING}/authorize/${token}`;
  const answer = await world.gateway.authorize({ key, bookingId: BOOKING, token, amount: usd });
  // Its canned PaymentIntent has failed and waits for another card.
  expect(answer).toEqual({ outcome: 'declined', code: 'card_declined' });
  expect(complaints()).toEqual([]);
});

test('confirming, on session and off', async () => {
  const stripe = openStripe({ secretKey: SECRET_KEY, apiBase: mock });
  for (const params of [
    { return_url: 'https://shop.example/paid' },
    { off_session: true },
    { payment_method: 'pm_1' },
  ]) {
    expect(await stripe.paymentIntents.confirm('pi_1', params)).toMatchObject({ object: 'payment_intent' });
  }
});

test.each(['pm_card_visa', 'tok_visa'])('saving %s', async (token) => {
  const key = `${BOOKING}/card/${token}`;
  await world.gateway.saveCard({ key, bookingId: BOOKING, travelerId: 'traveler-1', token });
  expect(complaints()).toEqual([]);
});

test('capturing, voiding, refunding and settling', async () => {
  await world.database.query(`INSERT INTO booking.payout_accounts VALUES ('owner-1', 'acct_1')`);
  const hold = { key: `${BOOKING}/x`, authorizationId: 'pi_1' };
  // stripe-mock's canned PaymentIntent is in no state that these end in, so they cannot be `done`; a request that it
  // did not take would carry another code.
  expect(await world.gateway.capture({ ...hold, amount: usd })).toEqual({
    outcome: 'rejected',
    code: 'hold_not_open',
  });
  expect(await world.gateway.void(hold)).toEqual({ outcome: 'rejected', code: 'hold_not_open' });
  expect(await world.gateway.refund({ ...hold, amount: usd })).toMatchObject({ outcome: 'done' });
  expect(
    await world.gateway.settle({
      key: `${BOOKING}/settle`,
      bookingId: BOOKING,
      ownerId: 'owner-1',
      amount: usd,
    }),
  ).toMatchObject({ outcome: 'done' });
});
