import { holdsCardNumber, isOnlyDigitsOfCardLength } from '../../domain/card-number';

test.each([
  ['Visa', '4242424242424242'],
  ['in groups', '4111 1111 1111 1111'],
  ['with dashes', '5555-5555-5555-4444'],
  ['of 15 digits', '378282246310005'],
  ['of 19 digits', '6304000000000000000'],
  ['within a text', 'card:4000056655665556;cvc=123'],
])('a card number %s is seen', (_, text) => {
  expect(holdsCardNumber(text)).toBe(true);
});

test.each([
  ['an instant in milliseconds', '1767225600000'],
  ['a telephone number', '+4915112345678'],
  ['a ticket number', '0012345678901'],
  ['a wrong check digit', '4242424242424241'],
  ['two dates', '2026-08-01 2026-08-09'],
  ['20 digits', '42424242424242424242'],
  ['12 digits', '424242424242'],
])('%s is none', (_, text) => {
  expect(holdsCardNumber(text)).toBe(false);
});

test('a payment method may not even be as long as one', () => {
  expect(isOnlyDigitsOfCardLength('1234 5678 9012 3456')).toBe(true);
  expect(isOnlyDigitsOfCardLength('tok_4242424242424242')).toBe(false);
});
