import { ActivityFailure } from '@temporalio/workflow';
import { authorizationIn, heldOf } from '../domain/payment-account';
import { UNDO_RETRY_MS } from '../domain/undo';
import type { Appointment } from './agenda';
import { dropHold } from './hold';
import { voidOf } from './let-go';
import type { Hold } from './money-record';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyBack, unlessEnding } from './steps';

/** Marks a hold as no longer needed: another one stands in its place. Its undo stays registered until it is gone. */
export function letGoSoon(hold: Hold): void {
  hold.letGoFrom = Date.now();
}

/** Holds that were replaced are given back, tried again every ten minutes while the provider fails. */
export function supersededHolds(booking: SagaRecord): Appointment {
  const next = () =>
    booking.money.holds
      .filter(({ letGoFrom }) => letGoFrom !== undefined)
      .sort((a, b) => (a.letGoFrom ?? 0) - (b.letGoFrom ?? 0))[0];
  return {
    name: 'a replaced hold to be given back',
    at: () => next()?.letGoFrom,
    hasCome: () => false,
    keep: async () => {
      const hold = next();
      if (hold) await giveBack(booking, hold);
    },
  };
}

/**
 * Gives back whatever is still held once all that is due was taken. What a provider will not take back runs out by
 * itself.
 */
export async function giveBackTheRest(booking: SagaRecord): Promise<void> {
  const { agreed, money } = booking;
  const isNeedless = (hold: Hold) => agreed.terms.payment !== undefined || hold.letGoFrom !== undefined;
  for (const hold of money.holds.filter((each) => !each.captured && isNeedless(each)))
    await giveBack(booking, hold);
}

async function giveBack(booking: SagaRecord, hold: Hold): Promise<void> {
  const { authorization, authorizationId } = hold;
  try {
    const outcome = await unlessEnding(booking, () =>
      moneyBack('few-attempts', 'void a hold that is not needed').voidAuthorization({
        authorization,
        ...(authorizationId !== undefined && { authorizationId }),
      }),
    );
    if (!outcome) return;
    dropHold(booking, hold);
    const onRecord = authorizationIn(booking.money.account, authorizationId ?? '');
    if (!onRecord || outcome.outcome !== 'voided') return;
    await commitFact(booking, 'payment.voided', {
      details: { amount: heldOf(onRecord), authorizationId },
      attempts: outcome.attempts,
      moves: voidOf(booking, onRecord.authorizationId),
    });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    hold.letGoFrom = Date.now() + UNDO_RETRY_MS;
  }
}
