import type { SagaRecord } from './saga-record';
import { commitFact, moneyWithoutEnd } from './steps';
import type { Visibility } from './visibility';

/** Waits for the item's local check-in time; until then the booking may be cancelled. */
export async function checkIn(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const { checkInAt } = booking.request.terms;
  visibility.show(`Waiting for check-in at ${checkInAt}.`);
  await booking.waitFor(() => false, Date.parse(checkInAt), 'check-in');
  await commitFact(booking, 'booking.checked-in');
}

/** Waits for the item's local check-out time. */
export async function checkOut(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const { checkOutAt } = booking.request.terms;
  visibility.show(`Waiting for check-out at ${checkOutAt}.`);
  await booking.waitFor(() => false, Date.parse(checkOutAt), 'check-out');
  await commitFact(booking, 'booking.checked-out');
}

/** Pays the owner what was captured, and is done. */
export async function settle(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const { bookingId, ownerId, price } = booking.request;
  if (booking.hold?.captured) {
    const outcome = await moneyWithoutEnd('settle with the owner').settlePayment({
      key: `${bookingId}/settle`,
      bookingId,
      ownerId,
      amount: price,
    });
    if (outcome.outcome === 'done') {
      await commitFact(booking, 'payment.settled', {
        details: { amount: price, reference: outcome.reference, ownerId },
        attempts: outcome.attempts,
        patch: { paymentStatus: 'settled' },
      });
    }
  }
  visibility.show('The stay is over and settled.');
}
