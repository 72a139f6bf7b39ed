import { ActivityFailure } from '@temporalio/workflow';
import type { Hold, SagaRecord } from './saga-record';
import { moneyBefore, unlessEnding } from './steps';

/**
 * Asks the provider until it answers definitely, no longer than until `deadline`. Answers undefined where an ending
 * cut the asking short, or was brought about by the deadline; what was asked for may then have happened or not.
 */
export async function askProvider<Outcome>(
  booking: SagaRecord,
  deadline: number,
  summary: string,
  ask: (money: ReturnType<typeof moneyBefore>) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  const money = moneyBefore(deadline, summary);
  try {
    return await unlessEnding(booking, () => ask(money));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    booking.claimEnding({
      fact: 'booking.failed',
      actor: 'SYSTEM',
      reason: { code: 'payment-unreachable', text: 'the payment provider gave no answer in time' },
    });
    return undefined;
  }
}

/**
 * The idempotency key of a move on a hold. A booking of the first release has one hold and one such move, and keys
 * of its own that must stay what they are while it lives.
 */
export function moveKey(booking: SagaRecord, { authorization }: Hold, move: 'capture' | 'fee'): string {
  const { payment } = booking.agreed.terms;
  return payment ? `${authorization.key}/${move}` : `${booking.request.bookingId}/${move}`;
}
