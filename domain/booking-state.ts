/** Every state a booking can be in. The exact word; what each system calls it is in `system-status.ts`. */
export const BOOKING_STATES = [
  'PENDING',
  'ACCEPTED',
  'PAYMENT_AUTHORIZED',
  'CONFIRMED',
  'CHECKED_IN',
  'CHECKED_OUT',
  'CANCELLED',
  'REJECTED',
  'EXPIRED',
  'FAILED',
  'NO_SHOW',
] as const;
export type BookingState = (typeof BOOKING_STATES)[number];

/** Every fact that a booking's event log can hold. Those that leave the state as it is are notes. */
export const FACT_TYPES = [
  'booking.opened',
  'booking.accepted',
  'booking.rejected',
  'booking.expired',
  'booking.confirmed',
  'booking.checked-in',
  'booking.checked-out',
  'booking.cancelled',
  'booking.failed',
  'booking.no-show',
  'booking.modified',
  'payment.card-saved',
  'payment.authorized',
  'payment.declined',
  'payment.captured',
  'payment.capture-failed',
  'payment.voided',
  'payment.refunded',
  'payment.disputed',
  'payment.dispute-won',
  'payment.dispute-lost',
  'payment.settled',
  'inventory.blocked',
  'inventory.released',
  'undo.completed',
  'undo.needs-operator',
  'undo.skipped',
] as const;
export type FactType = (typeof FACT_TYPES)[number];

/** Before its first fact a booking has no state. */
export const UNOPENED = 'NONE';
export type Origin = BookingState | typeof UNOPENED;

const undoing = <S extends BookingState>(state: S) => ({
  'undo.completed': state,
  'undo.needs-operator': state,
  'undo.skipped': state,
});

/** Holds and cards of a booking whose money is still to be taken: taken anew, given back, declined. */
const holding = <S extends BookingState>(state: S) => ({
  'payment.card-saved': state,
  'payment.authorized': state,
  'payment.declined': state,
  'payment.voided': state,
});

/** The money that is taken from a hold, or is not. */
const taking = <S extends BookingState>(state: S) => ({
  'payment.captured': state,
  'payment.capture-failed': state,
});

/** What can become of money once it was taken, at any time after. */
const returning = <S extends BookingState>(state: S) => ({
  'payment.refunded': state,
  'payment.disputed': state,
  'payment.dispute-won': state,
  'payment.dispute-lost': state,
});

/** The money that stays with the owner when a booking is over. */
const closing = <S extends BookingState>(state: S) => ({
  ...taking(state),
  ...returning(state),
  'payment.settled': state,
});

/**
 * The one state machine: in a state, which facts may follow, and the state each leads to.
 * Workflow, API answers, the database's foreign key and docs/state-machine.md come from this table.
 */
export const TRANSITIONS: Readonly<Record<Origin, Readonly<Partial<Record<FactType, BookingState>>>>> = {
  NONE: { 'booking.opened': 'PENDING' },
  PENDING: {
    'inventory.blocked': 'PENDING',
    'inventory.released': 'PENDING',
    'booking.accepted': 'ACCEPTED',
    'booking.rejected': 'REJECTED',
    'booking.expired': 'EXPIRED',
    'booking.cancelled': 'CANCELLED',
  },
  ACCEPTED: {
    'payment.declined': 'ACCEPTED',
    'payment.authorized': 'PAYMENT_AUTHORIZED',
    'payment.card-saved': 'PAYMENT_AUTHORIZED',
    'booking.failed': 'FAILED',
    'booking.cancelled': 'CANCELLED',
  },
  PAYMENT_AUTHORIZED: {
    'inventory.blocked': 'PAYMENT_AUTHORIZED',
    // A deposit and the rest are two authorizations, and the second may be declined.
    'payment.authorized': 'PAYMENT_AUTHORIZED',
    'payment.declined': 'PAYMENT_AUTHORIZED',
    ...taking('PAYMENT_AUTHORIZED'),
    'booking.confirmed': 'CONFIRMED',
    'booking.failed': 'FAILED',
    'booking.cancelled': 'CANCELLED',
  },
  CONFIRMED: {
    'booking.modified': 'CONFIRMED',
    ...holding('CONFIRMED'),
    ...taking('CONFIRMED'),
    ...returning('CONFIRMED'),
    'booking.checked-in': 'CHECKED_IN',
    'booking.no-show': 'NO_SHOW',
    'booking.cancelled': 'CANCELLED',
    // A card that was saved months ago may be declined when the hold is taken.
    'booking.failed': 'FAILED',
  },
  CHECKED_IN: {
    ...holding('CHECKED_IN'),
    ...taking('CHECKED_IN'),
    ...returning('CHECKED_IN'),
    'booking.checked-out': 'CHECKED_OUT',
  },
  CHECKED_OUT: {
    ...closing('CHECKED_OUT'),
    'payment.voided': 'CHECKED_OUT',
    'inventory.released': 'CHECKED_OUT',
  },
  CANCELLED: { ...undoing('CANCELLED'), ...closing('CANCELLED') },
  REJECTED: undoing('REJECTED'),
  EXPIRED: undoing('EXPIRED'),
  FAILED: { ...undoing('FAILED'), ...closing('FAILED') },
  NO_SHOW: { ...undoing('NO_SHOW'), ...closing('NO_SHOW') },
};

/** States in which nothing is left to be done for the stay itself; undoing may still run. */
export const ENDED_STATES = ['CHECKED_OUT', 'CANCELLED', 'REJECTED', 'EXPIRED', 'FAILED', 'NO_SHOW'] as const;
export type EndedState = (typeof ENDED_STATES)[number];

export function isEnded(state: Origin): state is EndedState {
  return (ENDED_STATES as readonly string[]).includes(state);
}

/** The state that `fact` leads to from `from`, or undefined where the fact is not legal there. */
export function nextState(from: Origin, fact: FactType): BookingState | undefined {
  return TRANSITIONS[from][fact];
}

/** A fact that may not follow in this state. The API answers it with 409. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
  constructor(
    readonly from: Origin,
    readonly fact: FactType,
  ) {
    super(`${fact} is not possible while the booking is ${from}`);
  }
}

/**
 * Like {@link nextState}, for callers that hold the fact to be legal.
 * @throws {IllegalTransition}
 */
export function transition(from: Origin, fact: FactType): BookingState {
  const to = nextState(from, fact);
  if (to === undefined) throw new IllegalTransition(from, fact);
  return to;
}

/** How far the undoing of an ended booking has come. */
export const UNDO_STATUSES = ['none', 'running', 'done', 'needs_operator'] as const;
export type UndoStatus = (typeof UNDO_STATUSES)[number];
