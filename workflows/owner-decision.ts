import { nightsAreGone } from './inventory';
import { keptUntil, releaseUndecided } from './pending-nights';
import type { Ending, SagaRecord } from './saga-record';
import { commitFact } from './steps';
import type { Visibility } from './visibility';

/**
 * Waits for the owner to accept or reject. Ends REJECTED also when the nights are gone meanwhile, and EXPIRED when
 * nobody decided in time. Instant items pass without waiting. Nights that were blocked for the request are given back
 * when the item keeps them no longer.
 */
export async function ownerDecision(booking: SagaRecord, visibility: Visibility): Promise<void> {
  if (!booking.agreed.terms.instant) await acceptance(booking, visibility);

  booking.goOnUnlessEnding();
  booking.acceptedAt = Date.now();
  await commitFact(booking, 'booking.accepted', {
    actor: booking.acceptance?.by.role ?? 'SYSTEM',
    patch: { paymentBy: new Date(booking.paymentDeadline).toISOString() },
  });
}

async function acceptance(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const deadline = booking.decisionDeadline;
  for (;;) {
    const kept = keptUntil(booking);
    visibility.show(
      `Waiting for the owner's decision until ${new Date(deadline).toISOString()}.` +
        (kept === undefined ? '' : ` The nights are kept until ${new Date(kept).toISOString()}.`),
    );
    const heard = await booking.waitFor(
      () => booking.acceptance !== undefined || booking.recheck,
      kept ?? deadline,
      kept === undefined ? "owner's decision" : "owner's decision while nights are kept",
    );
    if (!heard && kept === undefined) booking.end(expiry(booking));
    if (booking.acceptance) return;
    if (!heard) {
      await releaseUndecided(booking);
      continue;
    }

    booking.recheck = false;
    const gone = await nightsAreGone(booking);
    if (gone && !booking.acceptance) booking.end({ fact: 'booking.rejected', actor: 'SYSTEM', reason: gone });
  }
}

function expiry(booking: SagaRecord): Ending {
  const atCheckIn = booking.decisionDeadline === Date.parse(booking.agreed.terms.checkInAt);
  return {
    fact: 'booking.expired',
    actor: 'SYSTEM',
    reason: atCheckIn
      ? { code: 'check-in-passed', text: 'check-in came before the owner decided' }
      : { code: 'decision-window-passed', text: 'the owner did not decide in time' },
  };
}
