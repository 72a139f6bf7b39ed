import {
  BOOKING_STATES,
  ENDED_STATES,
  FACT_TYPES,
  IllegalTransition,
  isEnded,
  nextState,
  type Origin,
  TRANSITIONS,
  transition,
  UNOPENED,
} from '../../domain/booking-state';

/** The machine as contracts and design give it, written out by hand: everything not listed is illegal. */
const LEGAL: Record<string, string> = {
  'NONE + booking.opened': 'PENDING',
  'PENDING + booking.accepted': 'ACCEPTED',
  'PENDING + booking.rejected': 'REJECTED',
  'PENDING + booking.expired': 'EXPIRED',
  'PENDING + booking.cancelled': 'CANCELLED',
  'ACCEPTED + payment.declined': 'ACCEPTED',
  'ACCEPTED + payment.authorized': 'PAYMENT_AUTHORIZED',
  'ACCEPTED + booking.failed': 'FAILED',
  'ACCEPTED + booking.cancelled': 'CANCELLED',
  'PAYMENT_AUTHORIZED + inventory.blocked': 'PAYMENT_AUTHORIZED',
  'PAYMENT_AUTHORIZED + payment.captured': 'PAYMENT_AUTHORIZED',
  'PAYMENT_AUTHORIZED + payment.capture-failed': 'PAYMENT_AUTHORIZED',
  'PAYMENT_AUTHORIZED + booking.confirmed': 'CONFIRMED',
  'PAYMENT_AUTHORIZED + booking.failed': 'FAILED',
  'PAYMENT_AUTHORIZED + booking.cancelled': 'CANCELLED',
  'CONFIRMED + booking.checked-in': 'CHECKED_IN',
  'CONFIRMED + booking.no-show': 'NO_SHOW',
  'CONFIRMED + booking.cancelled': 'CANCELLED',
  'CHECKED_IN + payment.captured': 'CHECKED_IN',
  'CHECKED_IN + payment.capture-failed': 'CHECKED_IN',
  'CHECKED_IN + booking.checked-out': 'CHECKED_OUT',
  'CHECKED_OUT + payment.settled': 'CHECKED_OUT',
  'CANCELLED + undo.completed': 'CANCELLED',
  'CANCELLED + undo.needs-operator': 'CANCELLED',
  'CANCELLED + undo.skipped': 'CANCELLED',
  'FAILED + undo.completed': 'FAILED',
  'FAILED + undo.needs-operator': 'FAILED',
  'FAILED + undo.skipped': 'FAILED',
  'CANCELLED + payment.captured': 'CANCELLED',
  'CANCELLED + payment.capture-failed': 'CANCELLED',
  'CANCELLED + payment.settled': 'CANCELLED',
  'NO_SHOW + undo.completed': 'NO_SHOW',
  'NO_SHOW + undo.needs-operator': 'NO_SHOW',
  'NO_SHOW + undo.skipped': 'NO_SHOW',
  'NO_SHOW + payment.captured': 'NO_SHOW',
  'NO_SHOW + payment.capture-failed': 'NO_SHOW',
  'NO_SHOW + payment.settled': 'NO_SHOW',
};

const ORIGINS: Origin[] = [UNOPENED, ...BOOKING_STATES];
const PAIRS = ORIGINS.flatMap((from) => FACT_TYPES.map((fact) => [from, fact] as const));

test.each(PAIRS)('%s + %s', (from, fact) => {
  const expected = LEGAL[`${from} + ${fact}`];
  expect(nextState(from, fact)).toBe(expected);
  if (expected === undefined) expect(() => transition(from, fact)).toThrow(IllegalTransition);
  else expect(transition(from, fact)).toBe(expected);
});

test('no booking leaves an ended state', () => {
  for (const ended of ENDED_STATES) {
    expect(isEnded(ended)).toBe(true);
    for (const to of Object.values(TRANSITIONS[ended])) expect(to).toBe(ended);
  }
});

test('every state can be reached, and every fact can happen', () => {
  const reached = new Set(Object.values(TRANSITIONS).flatMap((facts) => Object.values(facts)));
  expect([...reached].sort()).toEqual([...BOOKING_STATES].sort());
  const happening = new Set(Object.values(TRANSITIONS).flatMap((facts) => Object.keys(facts)));
  expect([...happening].sort()).toEqual([...FACT_TYPES].sort());
});
