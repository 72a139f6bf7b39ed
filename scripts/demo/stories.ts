import { HOTEL_STORIES } from './hotel-stories';
import { type Cast, isConfirmed, isOver, type Story } from './story';
import type { ShownBooking } from './visitor';

const VILLA = 'PROP-001';

/** What a seat costs, as the seed puts it into the catalogue. */
const FLIGHT = { type: 'flight', itemId: 'FLIGHT-AA601', totalAmountPaid: 299.99 };

const accept = ({ owner }: Cast, { id }: ShownBooking) => owner.call('PUT', `/api/bookings/${id}/accept`);

/** Every story ends by itself; the longest takes about forty seconds. */
export const STORIES: readonly Story[] = [
  {
    name: 'accepted',
    async play(cast) {
      const booking = await cast.traveler.book({ propertyId: VILLA, ...cast.nights });
      await accept(cast, booking);
      await cast.until(booking, isConfirmed);
      return [booking];
    },
  },
  {
    name: 'rejected',
    async play(cast) {
      const booking = await cast.traveler.book({ propertyId: VILLA, ...cast.nights });
      await cast.owner.call('PUT', `/api/owners/bookings/${booking.id}/reject`, {
        reason: 'we are painting',
      });
      await cast.until(booking, isOver);
      return [booking];
    },
  },
  {
    name: 'expired',
    async play(cast) {
      const booking = await cast.traveler.book({ propertyId: 'PROP-003', ...cast.nights });
      await cast.until(booking, isOver);
      return [booking];
    },
  },
  {
    name: 'declined, saved by another card',
    async play(cast) {
      const { traveler } = cast;
      const booking = await traveler.book({
        propertyId: VILLA,
        ...cast.nights,
        paymentToken: 'tok_declined',
      });
      await accept(cast, booking);
      await cast.until(booking, ({ paymentStatus }) => paymentStatus === 'declined');
      await traveler.call('PUT', `/api/bookings/${booking.id}/payment`, { paymentToken: 'tok_approved' });
      await cast.until(booking, isConfirmed);
      return [booking];
    },
  },
  {
    name: 'lost race',
    async play(cast) {
      const request = { propertyId: VILLA, ...cast.nights };
      const bookings = await Promise.all([cast.traveler.book(request), cast.rival.book(request)]);
      // The owner accepts both; whoever comes second may be declined before that, which is a 409.
      await Promise.all(
        bookings.map(({ id }) => cast.owner.call('PUT', `/api/bookings/${id}/accept`, undefined, [200, 409])),
      );
      await Promise.all(
        bookings.map((booking) => cast.until(booking, (now) => isConfirmed(now) || isOver(now))),
      );
      return bookings;
    },
  },
  {
    name: 'cancelled after confirmation',
    async play(cast) {
      const booking = await cast.traveler.book({ propertyId: VILLA, ...cast.nights });
      await accept(cast, booking);
      await cast.until(booking, isConfirmed);
      await cast.traveler.call('PUT', `/api/bookings/${booking.id}/cancel`, { reason: 'plans changed' });
      await cast.until(booking, isOver);
      return [booking];
    },
  },
  {
    // Ends with the seat given back, so that it can be played as often as anyone likes.
    name: 'flight bought, cancelled and refunded',
    async play(cast) {
      const { traveler } = cast;
      const { booking, billId } = await traveler.buy({
        ...FLIGHT,
        paymentMethod: 'tok_approved',
        bookingDetails: { seat: '12A' },
      });
      await cast.until(booking, isConfirmed);
      await traveler.call('PUT', `/api/billing/${billId}/cancel`, { reason: 'plans changed' });
      await cast.until(booking, isOver);
      return [booking];
    },
  },
  ...HOTEL_STORIES,
];
