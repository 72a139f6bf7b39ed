import { takeNights } from './inventory';
import type { SagaRecord } from './saga-record';
import { databaseStep } from './steps';

/*
 * An item may keep the nights of a request that waits for its owner, for a while. Its terms say so; bookings of the
 * first release have none, and their requests take nothing.
 */

/** Takes the nights of a request whose item wants that, or ends it as REJECTED because some are gone already. */
export async function blockWhilePending(booking: SagaRecord): Promise<void> {
  const { instant, block } = booking.request.terms;
  if (instant || block?.pending !== 'blocked') return;
  booking.goOnUnlessEnding();
  const gone = await takeNights(booking);
  if (gone) booking.end({ fact: 'booking.rejected', actor: 'SYSTEM', reason: gone });
}

/**
 * Until when the nights of this request are kept, where that is before the owner's time is over. Milliseconds since
 * the epoch; undefined where nothing is to be given back before.
 */
export function keptUntil({ block, request, decisionDeadline }: SagaRecord): number | undefined {
  const policy = request.terms.block;
  if (!block || policy?.pending !== 'blocked') return undefined;
  const until = block.since + policy.expiresAfterSeconds * 1000;
  return until < decisionDeadline ? until : undefined;
}

/** The time is over and nobody decided: gives the nights back. Once accepted, the booking asks for them anew. */
export async function releaseUndecided(booking: SagaRecord): Promise<void> {
  const { block } = booking;
  if (!block) return;
  await booking.commit(
    'inventory.released',
    { details: { blockId: block.nights.blockId, stay: block.nights.stay } },
    (step) => databaseStep('releaseNights', { ...step, nights: block.nights }, 'give the nights back'),
    (snapshot) => snapshot,
  );
  booking.undos.forget(block.undo);
  booking.block = undefined;
}
