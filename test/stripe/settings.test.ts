import { describeSettings, readConfig } from '../../platform/config';

const stripe = {
  PAYMENT_PROVIDER: 'stripe',
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  PAYMENT_RETURN_URL: 'https://shop.example/paid',
};

test('the simulator needs nothing', () => {
  expect(readConfig({}).PAYMENT_PROVIDER).toBe('simulator');
});

test('Stripe with everything it needs', () => {
  expect(readConfig(stripe).STRIPE_API_BASE).toBe('https://api.stripe.com');
});

test.each(['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'PAYMENT_RETURN_URL'])(
  'Stripe without %s is refused, by name',
  (name) => {
    expect(() => readConfig({ ...stripe, [name]: undefined })).toThrow(
      new RegExp(`${name}: the (worker|api) needs it`),
    );
  },
);

test('no process needs a secret that it has no use for', () => {
  expect(() => readConfig({ PAYMENT_PROVIDER: 'stripe', ROLE: 'bridge' })).not.toThrow();
  expect(() => readConfig({ ...stripe, STRIPE_SECRET_KEY: undefined, ROLE: 'api' })).not.toThrow();
  expect(() => readConfig({ ...stripe, STRIPE_WEBHOOK_SECRET: undefined, ROLE: 'worker' })).not.toThrow();
});

test('a publishable key is refused, and not repeated in the message', () => {
  const asking = () => readConfig({ ...stripe, STRIPE_SECRET_KEY: 'pk_test_secretive' });
  expect(asking).toThrow('STRIPE_SECRET_KEY: must be a secret or restricted key');
  expect(asking).not.toThrow('secretive');
});

test('every setting of Stripe is described', () => {
  const mine = describeSettings().filter(({ name }) => /^(STRIPE|PAYMENT|PUBLIC)_/.test(name));
  expect(mine.filter(({ description }) => description === '')).toEqual([]);
});
