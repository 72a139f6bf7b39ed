import { isConfirmationNumber, itemIdOf, propertyIdOf, roomTypeOf } from '../../domain/hotel';

test('a room type is an item whose id holds its property', () => {
  const item = itemIdOf('HOTEL-001', 'STD');
  expect(item).toBe('HOTEL-001:STD');
  expect(propertyIdOf(item)).toBe('HOTEL-001');
  expect(roomTypeOf(item)).toBe('STD');
});

test('an item of another system is its own property and has no room type', () => {
  const item = itemIdOf('PROP-001');
  expect(propertyIdOf(item)).toBe('PROP-001');
  expect(roomTypeOf(item)).toBeUndefined();
});

test.each([
  ['RSV-2026-000123', true],
  ['RSV-2026-1234567', true],
  ['RSV-2026-12345', false],
  ['RSV-26-000123', false],
  ['BKG01KAJ5M3ZC8T0V6RQ2XE1H', false],
  ['RSV-2026-000123 ', false],
])('%s is a confirmation number: %s', (text, expected) => {
  expect(isConfirmationNumber(text)).toBe(expected);
});
