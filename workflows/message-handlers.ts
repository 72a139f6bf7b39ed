import { CancellationScope, condition, log, setHandler } from '@temporalio/workflow';
import type { BookingSnapshot, ReasonCode } from '../domain/booking';
import { type FactType, isEnded } from '../domain/booking-state';
import { keepsCard } from '../domain/payment-policy';
import { changeBooking, requireChangePossible } from './change';
import { feeOfCancel } from './fee';
import { giveBackOnRequest, requireRefundable, requireThere } from './given-back';
import {
  acceptUpdate,
  type Caller,
  type CaptureOrder,
  type Change,
  cancelUpdate,
  capturePaymentUpdate,
  changeUpdate,
  checkInUpdate,
  checkOutUpdate,
  type Decision,
  openUpdate,
  type Presence,
  providePaymentUpdate,
  providerNewsSignal,
  recheckAvailabilitySignal,
  refundPaymentUpdate,
  rejectUpdate,
  retryUndoUpdate,
  skipUndoUpdate,
  type UndoIntervention,
} from './messages';
import { refuse } from './refusal';
import type { SagaRecord } from './saga-record';
import type { Intervention } from './undo-stack';

const CANCELLED_BY = {
  TRAVELER: { code: 'cancelled-by-traveler', text: 'cancelled by the traveler' },
  OWNER: { code: 'cancelled-by-owner', text: 'cancelled by the owner' },
  SYSTEM: { code: 'cancelled-by-system', text: 'cancelled by the system' },
} as const satisfies Record<Caller['role'], { code: ReasonCode; text: string }>;

/**
 * Lets the saga be spoken to. Validators are synchronous and refuse what is no longer possible; a handler claims
 * what it asks for before its first await, leaves the work to the main line, and answers once that is committed.
 */
export function handleMessages(booking: SagaRecord): void {
  setHandler(openUpdate, async () => {
    await condition(() => booking.sequence > 0);
    return booking.snapshot;
  });

  setHandler(
    acceptUpdate,
    async (decision) => {
      booking.acceptance = decision;
      await condition(() => booking.sequence > 0 && booking.state !== 'PENDING');
      if (booking.state === 'ACCEPTED' || !isEnded(booking.state)) return booking.snapshot;
      throw refuse(
        'IllegalTransition',
        `the booking ended first: ${booking.ending?.reason.text ?? booking.state}`,
      );
    },
    { validator: (decision) => requireOwnersDecision(booking, decision, 'booking.accepted') },
  );

  setHandler(
    rejectUpdate,
    async (decision) => {
      const text = decision.reason ?? 'rejected by the owner';
      const reason = { code: 'rejected-by-owner', text } as const;
      booking.claimEnding({ fact: 'booking.rejected', actor: decision.by.role, reason });
      return ended(booking);
    },
    { validator: (decision) => requireOwnersDecision(booking, decision, 'booking.rejected') },
  );

  setHandler(
    cancelUpdate,
    async (decision) => {
      claimCancel(booking, decision);
      return ended(booking);
    },
    {
      validator: ({ by }) => {
        requireParty(booking, by, 'TRAVELER', 'OWNER', 'SYSTEM');
        booking.requirePossible('booking.cancelled');
      },
    },
  );

  setHandler(
    providePaymentUpdate,
    ({ paymentToken }) => {
      booking.paymentToken = paymentToken;
      return booking.snapshot;
    },
    {
      validator: ({ by }) => {
        requireParty(booking, by, 'TRAVELER');
        requireCardWanted(booking);
      },
    },
  );

  setHandler(changeUpdate, (change) => changed(booking, change), {
    validator: (change) => {
      requireParty(booking, change.by, 'TRAVELER', 'OWNER');
      requireChangePossible(booking, change);
    },
  });

  setHandler(
    checkInUpdate,
    async (presence) => {
      booking.arrival = presence;
      booking.putOff?.();
      await condition(() => booking.state === 'CHECKED_IN' || isEnded(booking.state));
      if (booking.state === 'CHECKED_IN') return booking.snapshot;
      throw refuse('IllegalTransition', `the booking ended first: ${booking.ending?.reason.text}`);
    },
    { validator: (presence) => requireArrivalPossible(booking, presence) },
  );

  setHandler(
    checkOutUpdate,
    async (presence) => {
      booking.departure = presence;
      return ended(booking);
    },
    {
      validator: ({ by }) => {
        requireOwnersKeeping(booking, by);
        booking.requirePossible('booking.checked-out');
      },
    },
  );

  setHandler(
    capturePaymentUpdate,
    ({ by, amount }) => {
      const { held } = booking.money;
      booking.money.captureOrder = { by: by.role === 'OWNER' ? 'OWNER' : 'SYSTEM', amount: amount ?? held };
      return booking.snapshot;
    },
    {
      validator: (order) => {
        requireParty(booking, order.by, 'OWNER', 'SYSTEM');
        requireCapturable(booking, order);
      },
    },
  );

  setHandler(
    refundPaymentUpdate,
    (order) => {
      giveBackOnRequest(booking, order);
      return booking.snapshot;
    },
    {
      validator: (order) => {
        requireParty(booking, order.by, 'OWNER', 'SYSTEM');
        requireRefundable(booking, order);
      },
    },
  );

  setHandler(retryUndoUpdate, (intervention) => intervene(booking, intervention, 'retry'), {
    validator: (intervention) => requireWaitingUndo(booking, intervention),
  });
  setHandler(
    skipUndoUpdate,
    async (intervention) => {
      const entry = booking.undos.waitingForOperator(intervention.step);
      intervene(booking, intervention, 'skip');
      await condition(() => entry === undefined || entry.status === 'finished');
      return booking.snapshot;
    },
    { validator: (intervention) => requireWaitingUndo(booking, intervention) },
  );

  setHandler(providerNewsSignal, () => {
    booking.money.news = true;
  });
  setHandler(recheckAvailabilitySignal, () => {
    booking.recheck = true;
  });

  cancelledInTheWebUi(booking);
}

/** A cancel made in the Web UI means cancel by SYSTEM; where that is too late, the stay goes on. */
function cancelledInTheWebUi(booking: SagaRecord): void {
  CancellationScope.current().cancelRequested.catch(() => {
    try {
      booking.requirePossible('booking.cancelled');
      claimCancel(booking, { by: { role: 'SYSTEM', id: 'temporal' } });
    } catch (error) {
      log.warn('a cancel from the Web UI came too late', { state: booking.state, reason: String(error) });
    }
  });
}

function claimCancel(booking: SagaRecord, { by, reason }: Decision): void {
  const { code, text } = CANCELLED_BY[by.role];
  const fee = feeOfCancel(booking, by.role);
  booking.claimEnding({
    fact: 'booking.cancelled',
    actor: by.role,
    reason: { code, text: reason ?? text },
    ...(fee && { fee }),
  });
}

/** Answers once the change is committed; what is to be given up then goes on in the main line. */
function changed(booking: SagaRecord, change: Change): Promise<BookingSnapshot> {
  booking.changes.isUnderWay = true;
  booking.changes.attempts += 1;
  return new Promise((committed, refused) => {
    booking.requests
      .ask(() => changeBooking(booking, change, committed))
      .catch(refused)
      .finally(() => {
        booking.changes.isUnderWay = false;
      });
  });
}

async function ended(booking: SagaRecord) {
  await condition(() => isEnded(booking.state));
  return booking.snapshot;
}

function requireOwnersDecision(booking: SagaRecord, decision: Decision, fact: FactType): void {
  requireParty(booking, decision.by, 'OWNER', 'SYSTEM');
  booking.requirePossible(fact);
  if (booking.acceptance) throw refuse('IllegalTransition', 'the booking is being accepted already');
}

/** Before the stay begins: from then on what is due is taken without an order. */
function requireCapturable(booking: SagaRecord, { amount }: CaptureOrder): void {
  const { headed, money } = booking;
  booking.requirePossible('payment.captured');
  if (headed !== 'CONFIRMED')
    throw refuse('IllegalTransition', `nothing is to be taken while the booking is ${headed}`);
  if (money.captureOrder) throw refuse('IllegalTransition', 'money is being taken already');
  requireThere(amount, money.held, 'be taken');
}

/** Once a booking is confirmed, only one whose card may still be charged takes another. */
function requireCardWanted(booking: SagaRecord): void {
  booking.requirePossible('payment.declined');
  const { headed, agreed } = booking;
  if (headed === 'ACCEPTED' || (headed !== 'CHECKED_IN' && keepsCard(agreed.terms))) return;
  throw refuse('IllegalTransition', `no other card is needed while the booking is ${headed}`);
}

function requireArrivalPossible(booking: SagaRecord, { by }: Presence): void {
  requireOwnersKeeping(booking, by);
  booking.requirePossible('booking.checked-in');
  if (booking.changes.isCommitting)
    throw refuse('NotYet', 'the booking is being changed this very moment; try again');
  const { checkInFrom } = booking.agreed.terms;
  if (checkInFrom !== undefined && Date.now() < Date.parse(checkInFrom))
    throw refuse('NotYet', `the guest can be checked in from ${checkInFrom}`);
}

/** Whether this booking is one whose owner says that the guest came and left, and this is that owner. */
function requireOwnersKeeping(booking: SagaRecord, by: Caller): void {
  requireParty(booking, by, 'OWNER', 'SYSTEM');
  if (booking.agreed.terms.stay !== 'by-owner')
    throw refuse('IllegalTransition', 'this booking is checked in and out by the clock');
}

/** The API has checked the token; that this very person may speak for this very booking is checked here once more. */
function requireParty(booking: SagaRecord, by: Caller, ...roles: Caller['role'][]): void {
  const { travelerId, ownerId } = booking.request;
  const isParty =
    by.role === 'SYSTEM' ||
    (by.role === 'OWNER' && by.id === ownerId) ||
    (by.role === 'TRAVELER' && by.id === travelerId);
  if (!roles.includes(by.role) || !isParty)
    throw refuse('NotAllowed', `${by.role} may not do this to this booking`);
}

function requireWaitingUndo(booking: SagaRecord, { by, step }: UndoIntervention): void {
  if (by.role !== 'SYSTEM') throw refuse('NotAllowed', 'only an administrator may intervene in an undo');
  if (!booking.undos.waitingForOperator(step)?.intervene)
    throw refuse('UndoNotWaiting', `no undo "${step}" waits for an operator`);
}

function intervene(booking: SagaRecord, { step }: UndoIntervention, intervention: Intervention) {
  booking.undos.waitingForOperator(step)?.intervene?.(intervention);
  return booking.snapshot;
}
