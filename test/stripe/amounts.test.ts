import { moneyOf, stripeAmount } from '../../platform/stripe/amounts';

test.each([
  ['USD', 12_345, 12_345],
  ['JPY', 500, 500],
  ['ISK', 5, 500],
  ['UGX', 5, 500],
  ['KWD', 5_120, 5_120],
  ['MGA', 500, 5],
  ['HUF', 1_045, 1_045],
])('%s %d is %d at Stripe', (currency, amount, theirs) => {
  const atStripe = { amount: theirs, currency: currency.toLowerCase() };
  expect(stripeAmount({ amount, currency })).toEqual(atStripe);
  expect(moneyOf(atStripe)).toEqual({ amount, currency });
});

test.each([
  ['KWD', 5_124],
  ['MGA', 550],
  ['USD', 100_000_000],
])('%s %d cannot be moved by Stripe', (currency, amount) => {
  expect(() => stripeAmount({ amount, currency })).toThrow('Stripe');
});
