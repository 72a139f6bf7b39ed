import type { SagaRecord } from './saga-record';
import { commitFact, databaseStep } from './steps';

/** Writes the booking as PENDING. The saga does this itself, so that it never depends on the caller's update. */
export async function open(booking: SagaRecord): Promise<void> {
  const { request } = booking;
  const decisionBy = new Date(booking.decisionDeadline).toISOString();
  await booking.commit(
    'booking.opened',
    { actor: 'TRAVELER' },
    (step) => databaseStep('openBooking', { ...step, request, decisionBy }, 'commit booking.opened'),
    (snapshot) => snapshot,
  );
}

export async function confirm(booking: SagaRecord): Promise<void> {
  booking.goOnUnlessEnding();
  await commitFact(booking, 'booking.confirmed');
}
