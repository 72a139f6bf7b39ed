import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { BookingRequest, BookingSnapshot, Reason } from '../domain/booking';
import { captureAtCheckIn, captureBeforeConfirmation } from './capture';
import { confirm, open } from './confirmation';
import { endBooking } from './ending';
import { blockNights, freeNightsLeft } from './inventory';
import { handleMessages } from './message-handlers';
import { ownerDecision } from './owner-decision';
import { authorizePayment } from './payment';
import { blockWhilePending } from './pending-nights';
import { BookingEnds } from './refusal';
import { SagaRecord } from './saga-record';
import { settle } from './settlement';
import { checkIn, checkOut } from './stay';
import { Visibility } from './visibility';

export interface SagaResult extends BookingSnapshot {
  readonly reason?: Reason;
}

/**
 * The life of one booking. It opens PENDING, waits for the owner's decision, authorizes payment, blocks inventory
 * and confirms; then it checks in, captures, checks out and settles. Whatever is cancelled or fails on the way is
 * committed as the booking's ending, and what was done is undone, newest first.
 *
 * Every ending is a result: a workflow that failed means a defect.
 *
 * @param request what was asked for, with the item's terms as they stood then
 * @returns where the booking stood when its saga closed, and why where it ended before its time
 */
export async function bookingSaga(request: BookingRequest): Promise<SagaResult> {
  const booking = new SagaRecord(request);
  const visibility = new Visibility(booking);
  handleMessages(booking);

  await CancellationScope.nonCancellable(async () => {
    try {
      await open(booking);
      await blockWhilePending(booking);
      await ownerDecision(booking, visibility);
      await authorizePayment(booking, visibility);
      await blockNights(booking);
      await captureBeforeConfirmation(booking);
      await confirm(booking);
      await checkIn(booking, visibility);
      await captureAtCheckIn(booking);
      await checkOut(booking, visibility);
      await freeNightsLeft(booking);
      await settle(booking, visibility);
    } catch (error) {
      if (!(error instanceof BookingEnds)) throw error;
      await endBooking(booking, visibility);
    }
    await condition(allHandlersFinished);
  });
  return { ...booking.snapshot, ...(booking.ending && { reason: booking.ending.reason }) };
}
