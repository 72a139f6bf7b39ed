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
  'PAYMENT_AUTHORIZED + payment.authorized': 'PAYMENT_AUTHORIZED',
  'PAYMENT_AUTHORIZED + payment.declined': 'PAYMENT_AUTHORIZED',
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
  'PENDING + inventory.blocked': 'PENDING',
  'PENDING + inventory.released': 'PENDING',
  'ACCEPTED + payment.card-saved': 'PAYMENT_AUTHORIZED',
  'CONFIRMED + booking.modified': 'CONFIRMED',
  'CONFIRMED + booking.failed': 'FAILED',
  'CONFIRMED + payment.card-saved': 'CONFIRMED',
  'CONFIRMED + payment.authorized': 'CONFIRMED',
  'CONFIRMED + payment.declined': 'CONFIRMED',
  'CONFIRMED + payment.voided': 'CONFIRMED',
  'CHECKED_IN + payment.card-saved': 'CHECKED_IN',
  'CHECKED_IN + payment.authorized': 'CHECKED_IN',
  'CHECKED_IN + payment.declined': 'CHECKED_IN',
  'CHECKED_IN + payment.voided': 'CHECKED_IN',
  'CONFIRMED + payment.captured': 'CONFIRMED',
  'CONFIRMED + payment.capture-failed': 'CONFIRMED',
  'CHECKED_OUT + payment.captured': 'CHECKED_OUT',
  'CHECKED_OUT + payment.capture-failed': 'CHECKED_OUT',
  'FAILED + payment.captured': 'FAILED',
  'FAILED + payment.capture-failed': 'FAILED',
  'FAILED + payment.settled': 'FAILED',
  'CONFIRMED + payment.refunded': 'CONFIRMED',
  'CONFIRMED + payment.disputed': 'CONFIRMED',
  'CONFIRMED + payment.dispute-won': 'CONFIRMED',
  'CONFIRMED + payment.dispute-lost': 'CONFIRMED',
  'CHECKED_IN + payment.refunded': 'CHECKED_IN',
  'CHECKED_IN + payment.disputed': 'CHECKED_IN',
  'CHECKED_IN + payment.dispute-won': 'CHECKED_IN',
  'CHECKED_IN + payment.dispute-lost': 'CHECKED_IN',
  'CHECKED_OUT + payment.refunded': 'CHECKED_OUT',
  'CHECKED_OUT + payment.disputed': 'CHECKED_OUT',
  'CHECKED_OUT + payment.dispute-won': 'CHECKED_OUT',
  'CHECKED_OUT + payment.dispute-lost': 'CHECKED_OUT',
  'CANCELLED + payment.refunded': 'CANCELLED',
  'CANCELLED + payment.disputed': 'CANCELLED',
  'CANCELLED + payment.dispute-won': 'CANCELLED',
  'CANCELLED + payment.dispute-lost': 'CANCELLED',
  'FAILED + payment.refunded': 'FAILED',
  'FAILED + payment.disputed': 'FAILED',
  'FAILED + payment.dispute-won': 'FAILED',
  'FAILED + payment.dispute-lost': 'FAILED',
  'NO_SHOW + payment.refunded': 'NO_SHOW',
  'NO_SHOW + payment.disputed': 'NO_SHOW',
  'NO_SHOW + payment.dispute-won': 'NO_SHOW',
  'NO_SHOW + payment.dispute-lost': 'NO_SHOW',
  'CHECKED_OUT + payment.voided': 'CHECKED_OUT',
  'CHECKED_OUT + inventory.released': 'CHECKED_OUT',
  'REJECTED + undo.completed': 'REJECTED',
  'REJECTED + undo.needs-operator': 'REJECTED',
  'REJECTED + undo.skipped': 'REJECTED',
  'EXPIRED + undo.completed': 'EXPIRED',
  'EXPIRED + undo.needs-operator': 'EXPIRED',
  'EXPIRED + undo.skipped': 'EXPIRED',
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
