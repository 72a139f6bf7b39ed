import type { ChangeOutcome } from '../activities/booking-steps';
import { sameAgreement, toldAgreement } from '../domain/agreement';
import type { BookingSnapshot } from '../domain/booking';
import { obstacleToChange, priceDifference, unfitness } from '../domain/change';
import { adjustPayment } from './adjust-payment';
import { restateCancel } from './fee';
import { goneReason, registerBlock } from './inventory';
import type { Change } from './messages';
import { refuse } from './refusal';
import type { SagaRecord } from './saga-record';
import { databaseStep } from './steps';

/**
 * Refuses a change that is not possible now; to be asked by the update's validator.
 * @throws {ApplicationFailure}
 */
export function requireChangePossible(booking: SagaRecord, { from, to }: Change): void {
  booking.requirePossible('booking.modified');
  const { agreed, changes, snapshot, request } = booking;
  const { system } = request;
  const { made, attempts, isUnderWay } = changes;
  const asked = { system, state: snapshot.state, agreed, changes: made, attempts };
  switch (obstacleToChange(asked, Date.now())) {
    case undefined:
      break;
    case 'too-many-changes':
      throw refuse('TooManyChanges', 'the booking was changed too often');
    case 'stay-begun':
      throw refuse('IllegalTransition', `check-in began at ${agreed.terms.checkInAt}`);
    case 'not-changeable':
    case 'not-confirmed':
      throw refuse('IllegalTransition', `a ${system} booking that is ${snapshot.state} cannot be changed`);
  }
  if (isUnderWay) throw refuse('ChangedMeanwhile', 'another change is under way');
  if (!sameAgreement(from, agreed)) throw refuse('ChangedMeanwhile', 'it was changed meanwhile');
  const unfit = unfitness(from, to);
  if (unfit) throw refuse('IllegalTransition', `the change is of no use: ${unfit}`);
}

/**
 * Changes the booking, or leaves it whole: money first, then nights and booking in one step, then what the old
 * agreement held is given up. Run by the main line while the booking is CONFIRMED.
 *
 * @param committed told as soon as the change is; giving up what is no longer needed goes on after that
 * @throws {ApplicationFailure} where the payment is declined, nights are gone, or the guest came first
 * @throws {BookingEnds} where the booking was cancelled meanwhile; its undos then cover what was done until then
 */
export async function changeBooking(
  booking: SagaRecord,
  change: Change,
  committed: (snapshot: BookingSnapshot) => void,
): Promise<void> {
  booking.goOnUnlessEnding();
  const payment = await adjustPayment(booking, change.to.price);
  if (payment.outcome === 'declined')
    throw refuse('PaymentDeclined', `The payment was declined (${payment.code})`);
  if (payment.outcome === 'unreachable')
    throw refuse('PaymentDeclined', 'The payment provider gave no answer in time');
  booking.goOnUnlessEnding();
  if (booking.arrival) {
    await payment.abandon();
    throw refuse('IllegalTransition', 'the guest has come');
  }
  const outcome = await swapNights(booking, change);
  if (outcome.outcome === 'gone') {
    await payment.abandon();
    throw refuse('NightsUnavailable', goneReason(outcome.nights).text, outcome.nights);
  }
  committed(outcome.booking);
  await payment.complete();
}

/** Swaps the nights and writes the new agreement, in one step or not at all. */
async function swapNights(booking: SagaRecord, { by, changeId, from, to }: Change): Promise<ChangeOutcome> {
  const { block: old, undos } = booking;
  if (!old) throw new Error('a confirmed booking has its nights');
  const block = registerBlock(booking, to);
  const { blockId } = block.nights;
  booking.changes.isCommitting = true;
  const outcome = await booking.commit(
    'booking.modified',
    {
      actor: by.role,
      details: {
        from: toldAgreement(from),
        to: toldAgreement(to),
        difference: priceDifference(from, to),
        ...{ blockId, changeId },
      },
    },
    (step) =>
      databaseStep(
        'changeBooking',
        { ...step, change: to, oldBlockId: old.nights.blockId, blockId },
        `change to ${to.itemId}, ${to.stay.start} to ${to.stay.end}`,
      ),
    // Here and not after it, so that nobody finds the new sequence with the old agreement.
    (answer) => {
      booking.changes.isCommitting = false;
      if (answer.outcome === 'gone') return undefined;
      booking.agreed = to;
      booking.changes.made += 1;
      return answer.booking;
    },
  );
  if (outcome.outcome === 'gone') {
    undos.forget(block.undo);
    return outcome;
  }
  undos.forget(old.undo);
  booking.block = { ...block, since: Date.now() };
  restateCancel(booking);
  return outcome;
}
