import fc from 'fast-check';
import { BadAmount, formatMoney, fromDecimal, toDecimal } from '../../domain/money';

test.each([
  [299.99, 'USD', 29_999],
  [0.1, 'EUR', 10],
  [1200, 'JPY', 1200],
  [1.234, 'KWD', 1234],
  [-5.5, 'USD', -550],
])('%d %s is %d minor units', (decimal, currency, amount) => {
  expect(fromDecimal(decimal, currency)).toEqual({ amount, currency });
});

test.each([
  [0.001, 'USD'],
  [1.5, 'JPY'],
  [Number.NaN, 'USD'],
  [Number.POSITIVE_INFINITY, 'USD'],
  [1e21, 'USD'],
])('%d is no amount in %s', (decimal, currency) => {
  expect(() => fromDecimal(decimal, currency)).toThrow(BadAmount);
});

test('an amount survives the wire, whatever its currency', () => {
  const amounts = fc.integer({ min: -99_999_999_999, max: 99_999_999_999 });
  fc.assert(
    fc.property(amounts, fc.constantFrom('USD', 'JPY', 'KWD'), (amount, currency) => {
      expect(fromDecimal(toDecimal({ amount, currency }), currency)).toEqual({
        amount: amount + 0,
        currency,
      });
    }),
  );
});

test('people read it with its currency', () => {
  expect(formatMoney({ amount: 30_000, currency: 'USD' })).toBe('300.00 USD');
});
