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
  'payment.authorized',
  'payment.declined',
  'payment.captured',
  'payment.capture-failed',
  'payment.settled',
  'inventory.blocked',
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

/** The money that stays with the owner when a confirmed booking is not used. */
const keepingFee = <S extends BookingState>(state: S) => ({
  'payment.captured': state,
  'payment.capture-failed': state,
  'payment.settled': state,
});

/**
 * The one state machine: in a state, which facts may follow, and the state each leads to.
 * Workflow, API answers, the database's foreign key and docs/state-machine.md come from this table.
 */
export const TRANSITIONS: Readonly<Record<Origin, Readonly<Partial<Record<FactType, BookingState>>>>> = {
  NONE: { 'booking.opened': 'PENDING' },
  PENDING: {
    'booking.accepted': 'ACCEPTED',
    'booking.rejected': 'REJECTED',
    'booking.expired': 'EXPIRED',
    'booking.cancelled': 'CANCELLED',
  },
  ACCEPTED: {
    'payment.declined': 'ACCEPTED',
    'payment.authorized': 'PAYMENT_AUTHORIZED',
    'booking.failed': 'FAILED',
    'booking.cancelled': 'CANCELLED',
  },
  PAYMENT_AUTHORIZED: {
    'inventory.blocked': 'PAYMENT_AUTHORIZED',
    'payment.captured': 'PAYMENT_AUTHORIZED',
    'payment.capture-failed': 'PAYMENT_AUTHORIZED',
    'booking.confirmed': 'CONFIRMED',
    'booking.failed': 'FAILED',
    'booking.cancelled': 'CANCELLED',
  },
  CONFIRMED: {
    'booking.checked-in': 'CHECKED_IN',
    'booking.no-show': 'NO_SHOW',
    'booking.cancelled': 'CANCELLED',
  },
  CHECKED_IN: {
    'payment.captured': 'CHECKED_IN',
    'payment.capture-failed': 'CHECKED_IN',
    'booking.checked-out': 'CHECKED_OUT',
  },
  CHECKED_OUT: { 'payment.settled': 'CHECKED_OUT' },
  CANCELLED: { ...undoing('CANCELLED'), ...keepingFee('CANCELLED') },
  REJECTED: {},
  EXPIRED: {},
  FAILED: undoing('FAILED'),
  NO_SHOW: { ...undoing('NO_SHOW'), ...keepingFee('NO_SHOW') },
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
