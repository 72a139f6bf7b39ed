import type { Nights } from '../activities/booking-steps';
import type { ToldAgreement } from '../domain/agreement';
import type { Reason } from '../domain/booking';
import { blockIdOf } from '../domain/ids';
import { addDays, type CalendarDate, type Stay } from '../domain/stay-dates';
import type { SagaRecord } from './saga-record';
import { databaseStep } from './steps';
import type { UndoAttempt } from './undo-stack';

/**
 * Blocks every night of the stay, or ends the booking as FAILED because some were sold first. Nights that were
 * blocked while the request waited, and are so still, are its own already.
 */
export async function blockNights(booking: SagaRecord): Promise<void> {
  booking.goOnUnlessEnding();
  if (booking.block) return;
  const gone = await takeNights(booking);
  if (gone) booking.end({ fact: 'booking.failed', actor: 'SYSTEM', reason: gone });
}

/** Takes every night of the stay, or none and answers why; its undo is registered before. */
export async function takeNights(booking: SagaRecord): Promise<Reason | undefined> {
  const { stay } = booking.agreed;
  const block = registerBlock(booking, booking.agreed);
  const { nights, undo } = block;
  const result = await booking.commit(
    'inventory.blocked',
    { details: { blockId: nights.blockId, stay } },
    (step) => databaseStep('blockNights', { ...step, nights }, `block ${stay.start} to ${stay.end}`),
    (outcome) => (outcome.outcome === 'blocked' ? outcome.booking : undefined),
  );
  if (result.outcome === 'blocked') {
    booking.block = { ...block, since: Date.now() };
    return undefined;
  }
  booking.undos.forget(undo);
  return goneReason(result.nights);
}

/** Names a new block and registers its undo; to be called before its nights are taken. */
export function registerBlock(booking: SagaRecord, { itemId, stay, quantity }: ToldAgreement) {
  booking.blockRounds += 1;
  const blockId = blockIdOf(booking.request.bookingId, booking.blockRounds);
  const nights: Nights = { blockId, itemId, stay, quantity };
  const undo = booking.undos.register({
    step: 'release-nights',
    run: (attempt) => releaseNights(booking, nights, attempt),
  });
  return { nights, undo };
}

/** A guest whom the owner checked out early leaves nights that can be sold; the price stays what was agreed. */
export async function freeNightsLeft(booking: SagaRecord): Promise<void> {
  const { block, departure } = booking;
  if (!block || !departure) return;
  const { blockId } = block.nights;
  await booking.commit(
    'inventory.released',
    { actor: departure.by.role },
    (step) =>
      databaseStep('releaseNightsLeft', { ...step, blockId }, 'release the nights after an early departure'),
    (snapshot) => snapshot ?? undefined,
  );
}

/**
 * A plain read that fails fast: the reason why the stay cannot be blocked now, or undefined. Nights that the booking
 * has itself are not gone.
 */
export async function nightsAreGone(booking: SagaRecord): Promise<Reason | undefined> {
  if (booking.block) return undefined;
  const { itemId, stay, quantity } = booking.agreed;
  const gone = await databaseStep('findGoneNights', { itemId, stay, quantity }, 'read the calendar');
  return gone.length > 0 ? goneReason(gone) : undefined;
}

async function releaseNights(
  booking: SagaRecord,
  nights: Nights,
  { undoAfterwards }: UndoAttempt,
): Promise<void> {
  const stay = freedBy(booking);
  await booking.commit(
    'undo.completed',
    { details: { step: 'release-nights', blockId: nights.blockId, stay }, undo: undoAfterwards },
    (step) =>
      databaseStep(
        'releaseNights',
        { ...step, nights: { ...nights, stay } },
        'undo: release the nights',
        'give-up-on-defect',
      ),
    (snapshot) => snapshot,
  );
}

/** The nights that can be sold again: all of them, or all but the first where a room was kept for a guest who never came. */
function freedBy({ agreed: { stay }, ending }: SagaRecord): Stay {
  return ending?.fact === 'booking.no-show' ? { ...stay, start: addDays(stay.start, 1) } : stay;
}

export function goneReason(nights: readonly CalendarDate[]): Reason {
  const which = nights.length > 0 ? `: ${nights.join(', ')}` : '';
  return { code: 'nights-unavailable', text: `the nights are no longer free${which}` };
}
