import { ActivityFailure } from '@temporalio/workflow';
import type { Hold } from './money-record';
import type { SagaRecord } from './saga-record';
import { type MoneyMoves, moneyBefore, unlessEnding } from './steps';

/** Asks the provider with the patience that the moment has; undefined where it was cut short. */
export type AskMoney = <Outcome>(
  summary: string,
  ask: (money: MoneyMoves) => Promise<Outcome>,
) => Promise<Outcome | undefined>;

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
 * Asks the provider while a confirmed booking waits for its guest: until check-in, and put off when the guest comes
 * or something else is asked for. Answers undefined where it was; it may then have happened or not.
 */
export function askUntilCheckIn(booking: SagaRecord): AskMoney {
  return askWithin(booking, Date.parse(booking.agreed.terms.checkInAt), true);
}

/** The same for as long as it takes. */
export function askUntilPutOff(booking: SagaRecord): AskMoney {
  return askWithin(booking, Date.now() + LONG_MS, true);
}

/** The same, put off for nothing but an ending, where somebody waits for the answer: no longer than a minute. */
export function askBriefly(booking: SagaRecord): AskMoney {
  return askWithin(booking, Date.now() + BRIEF_MS, false);
}

const BRIEF_MS = 60_000;
/** Longer than any wait that it stands in: a year. */
const LONG_MS = 365 * 86_400_000;

function askWithin(booking: SagaRecord, deadline: number, forLess: boolean): AskMoney {
  return async (summary, ask) => {
    const money = moneyBefore(deadline, summary);
    try {
      return await unlessEnding(booking, () => ask(money), forLess);
    } catch (error) {
      if (error instanceof ActivityFailure) return undefined;
      throw error;
    }
  };
}

/**
 * The idempotency key of a move on a hold. A booking of the first release has one hold and one such move, and keys
 * of its own that must stay what they are while it lives.
 */
export function moveKey(booking: SagaRecord, { authorization }: Hold, move: 'capture' | 'fee'): string {
  const { payment } = booking.agreed.terms;
  return payment ? `${authorization.key}/${move}` : `${booking.request.bookingId}/${move}`;
}
