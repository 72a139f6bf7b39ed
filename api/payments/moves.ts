import { bookingIdOf } from '../bookings/access';
import type { BookingRow } from '../bookings/view';
import type { ApiDeps } from '../deps';
import type { SagaAnswer } from '../saga/saga-client';
import { capturable, refundable } from './balance';
import type { Move, Order } from './move';

/** Takes what is held. Nothing is held once a booking is over. */
export const capture: Move = {
  done: 'captured',
  available: capturable,
  tell: ({ saga }, booking, order) => saga.capturePayment(bookingIdOf(booking), order, order.requestId),
};

/** Gives back what was taken: by the saga while it lives, after that by a case of its own. */
export const refund = (reason?: string): Move => ({
  done: 'refunded',
  available: refundable,
  async tell(deps, booking, order) {
    const spoken = { ...order, ...(reason !== undefined && { reason }) };
    const answer = await deps.saga.refundPayment(bookingIdOf(booking), spoken, order.requestId);
    return answer.outcome === 'closed' ? await refundAfterwards(deps, booking, spoken) : answer;
  },
});

async function refundAfterwards(
  deps: ApiDeps,
  booking: BookingRow,
  order: Order & { readonly reason?: string },
): Promise<SagaAnswer> {
  // The saga may have taken the very order before it closed, and its answer got lost.
  if (await isOnRecord(deps, booking, order.requestId)) return { outcome: 'committed' };
  const { requestId: caseId, ...rest } = order;
  const answer = await deps.saga.openRefundCase({
    ...{ kind: 'refund', bookingId: bookingIdOf(booking), caseId },
    ...rest,
  });
  if (answer.outcome !== 'closed') return answer;
  const found = await deps.database.paymentCase.count({ where: { bookingId: booking.id, caseId } });
  return found > 0 ? { outcome: 'committed' } : answer;
}

async function isOnRecord({ database }: ApiDeps, { id }: BookingRow, requestId: string): Promise<boolean> {
  const where = {
    bookingId: id,
    type: 'payment.refunded',
    details: { path: ['requestId'], equals: requestId },
  };
  return (await database.bookingFactRow.count({ where })) > 0;
}
