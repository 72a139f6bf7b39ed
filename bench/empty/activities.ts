import type { Activities } from '../../activities';
import type { Step } from '../../activities/booking-steps';
import type { BookingSnapshot } from '../../domain/booking';
import { transition } from '../../domain/booking-state';

/** The activities that a booking runs through up to CONFIRMED. */
export type EmptyActivities = Pick<
  Activities,
  'openBooking' | 'commitStep' | 'blockNights' | 'findGoneNights' | 'saveCard' | 'authorizePayment'
>;

/**
 * Activities that answer what the real ones would, and do nothing.
 * @param onConfirmed told where the real one would have committed CONFIRMED
 */
export function emptyActivities(onConfirmed: (bookingId: string) => void): EmptyActivities {
  const taken = ({ bookingId, sequence, from, type, undo }: Step): BookingSnapshot => ({
    ...{ bookingId, sequence, undo },
    state: transition(from, type),
  });
  return {
    openBooking: async (step) => taken(step),
    async commitStep(step) {
      if (step.type === 'booking.confirmed') onConfirmed(step.bookingId);
      return taken(step);
    },
    blockNights: async (step) => ({ outcome: 'blocked', booking: taken(step) }),
    findGoneNights: async () => [],
    saveCard: async ({ key }) => ({ outcome: 'saved', card: `card_${key}`, attempts: 1 }),
    authorizePayment: async ({ key }) => ({
      outcome: 'authorized',
      authorizationId: `auth_${key}`,
      attempts: 1,
    }),
  };
}
