import { ActivityFailure, log } from '@temporalio/workflow';
import type { Actor } from '../domain/booking';
import { add, type Money, subtract } from '../domain/money';
import { type AccountPart, refundParts } from '../domain/payment-account';
import type { RefundOrder } from './messages';
import { refuse } from './refusal';
import type { SagaRecord } from './saga-record';
import { commitFact, moneyUnlessRefused } from './steps';

/*
 * Money that goes back while the booking goes on. It is claimed at once, so that nobody gives it back twice, and runs
 * beside the main line; the owner is not paid before it is on record.
 */

/**
 * Refuses a refund that is not possible now; to be asked by the update's validator.
 * @throws {ApplicationFailure}
 */
export function requireRefundable(booking: SagaRecord, { amount }: RefundOrder): void {
  const { kept, isSettled } = booking.money;
  booking.requirePossible('payment.refunded');
  if (isSettled) throw refuse('IllegalTransition', 'the owner is being paid already');
  requireThere(amount, kept, 'be given back');
}

/** @throws {ApplicationFailure} where there is nothing, or less than `amount` */
export function requireThere(amount: Money | undefined, there: Money, what: string): void {
  if (there.amount === 0) throw refuse('AmountUnavailable', `there is nothing to ${what}`);
  if (!amount) return;
  if (amount.currency !== there.currency)
    throw refuse('AmountUnavailable', `the booking is paid in ${there.currency}`);
  if (amount.amount <= 0 || amount.amount > there.amount)
    throw refuse('AmountUnavailable', `${there.amount} ${there.currency} in minor units can ${what}`);
}

/** Claims the refund of part or all of what was taken. The owner lets go of as much of the price. */
export function giveBackOnRequest(booking: SagaRecord, order: RefundOrder): void {
  const { money } = booking;
  const amount = order.amount ?? money.kept;
  money.waived = add(money.waived, amount);
  giveBack(booking, amount, {
    key: order.requestId,
    actor: order.by.role,
    ...(order.reason !== undefined && { note: order.reason }),
    onRefused: (part) => {
      money.waived = subtract(money.waived, part);
    },
  });
}

/** How a refund is told. */
export interface Refund {
  /** Names it among the booking's refunds. */
  readonly key: string;
  readonly actor: Actor;
  /** Words of whoever asked for it. */
  readonly note?: string;
  readonly onRefused?: (part: Money) => void;
}

/** Claims the refund now, from the newest capture on, and has it run; it is over when nothing is `refunding`. */
export function giveBack(booking: SagaRecord, amount: Money, refund: Refund): void {
  const parts = refundParts(booking.money.expected, amount);
  booking.money.refunding.push(...parts);
  void runRefund(booking, parts, refund);
}

async function runRefund(booking: SagaRecord, parts: readonly AccountPart[], refund: Refund): Promise<void> {
  for (const [place, part] of parts.entries()) await refundPart(booking, part, refund, place + 1);
}

async function refundPart(
  booking: SagaRecord,
  part: AccountPart,
  { key, actor, note, onRefused }: Refund,
  place: number,
): Promise<void> {
  const { money } = booking;
  const isOver = () => {
    money.refunding.splice(money.refunding.indexOf(part), 1);
  };
  const { authorizationId, amount } = part;
  const { bookingId } = booking.request;
  try {
    const outcome = await moneyUnlessRefused('give money back').refundPayment({
      key: `${bookingId}/refund/${key}/${place}`,
      capture: { key: `${bookingId}/refund/${key}`, authorizationId, amount },
      isCaptured: true,
      amount,
    });
    if (outcome.outcome !== 'refunded') throw new Error('what is on record as captured was captured');
    await commitFact(booking, 'payment.refunded', {
      actor,
      details: {
        ...{ amount, authorizationId, reference: outcome.reference, kind: 'refund' },
        // By this a request that is repeated after the saga has closed finds that it was carried out.
        requestId: key,
        ...(note !== undefined && { note }),
      },
      attempts: outcome.attempts,
      ...(money.kept.amount === 0 && { patch: { paymentStatus: 'refunded' } as const }),
      moves: [{ kind: 'refunded', ...part }],
      onCommitted: isOver,
    });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    // Money whose return the provider refuses for good stays where it is, and the owner is paid it.
    log.error('the provider refuses a refund', { authorizationId, amount: amount.amount, key });
    isOver();
    onRefused?.(amount);
  }
}
