import { standingOf } from '../../consumers/view/standing';

test('the first message of a booking is taken whole', () => {
  expect(standingOf({}, 'reservationCreated', 1)).toBe('newest');
});

test('a higher sequence is taken whole, whichever topic it came on', () => {
  expect(standingOf({ reservationCreated: 1 }, 'reservationCreated', 2)).toBe('newest');
  expect(standingOf({ reservationCreated: 1 }, 'reservationConfirmed', 5)).toBe('newest');
});

test('a lower sequence on the same topic is ignored', () => {
  expect(standingOf({ reservationModified: 7 }, 'reservationModified', 6)).toBe('stale');
});

test('a lower sequence from another topic gives its fields but not its status', () => {
  expect(standingOf({ reservationConfirmed: 5 }, 'reservationCreated', 1)).toBe('late');
});

test('two messages that tell the same fact are both taken', () => {
  expect(standingOf({ paymentCaptured: 6 }, 'paymentCaptured', 6)).toBe('newest');
  expect(standingOf({ paymentCaptured: 6 }, 'reservationCheckin', 6)).toBe('newest');
});
