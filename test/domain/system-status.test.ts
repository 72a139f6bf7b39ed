import { BOOKING_STATES } from '../../domain/booking-state';
import { SYSTEMS } from '../../domain/item';
import { statesOfStatus, statusWord } from '../../domain/system-status';

test('a word selects every state that is called so, and an exact state only itself', () => {
  expect(statesOfStatus('stays', 'ACCEPTED')).toEqual([
    'ACCEPTED',
    'PAYMENT_AUTHORIZED',
    'CONFIRMED',
    'CHECKED_IN',
    'CHECKED_OUT',
  ]);
  expect(statesOfStatus('stays', 'CONFIRMED')).toEqual(['CONFIRMED']);
  expect(statesOfStatus('travel', 'failed')).toEqual(['REJECTED', 'EXPIRED', 'FAILED']);
  expect(statesOfStatus('stays', 'nonsense')).toEqual([]);
});

test('each system finds each state again by the word it has for it', () => {
  for (const system of SYSTEMS) {
    for (const state of BOOKING_STATES)
      expect(statesOfStatus(system, statusWord(system, state))).toContain(state);
  }
});
