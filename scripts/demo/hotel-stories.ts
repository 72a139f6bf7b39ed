import { localDate } from '../../domain/stay-clock';
import { addDays, type CalendarDate } from '../../domain/stay-dates';
import { isConfirmed, isOver, type Story } from './story';

const HOTEL = { propertyId: 'HOTEL-001', roomType: 'STD' };
const ZONE = 'Europe/Berlin';

const reservation = (checkIn: CalendarDate, nights: number, paymentToken: string) => ({
  ...HOTEL,
  guestDetails: {},
  stayDetails: { checkIn, checkOut: addDays(checkIn, nights), guests: 2 },
  paymentToken,
});

/** Near stays, whose money is held at once. Each gives its nights back, so that there is a room for the next run. */
export const HOTEL_STORIES: readonly Story[] = [
  {
    name: 'hotel stay changed, lived and settled',
    async play(cast) {
      const { traveler, hotelier } = cast;
      const today = localDate(new Date(), ZONE);
      const { booking, confirmationNumber } = await traveler.reserve(reservation(today, 2, 'tok_approved'));
      await cast.until(booking, isConfirmed);
      const address = `/api/reservations/${confirmationNumber}`;
      await traveler.call('PUT', address, { stayDetails: { checkOut: addDays(today, 3) } });
      await hotelier.call('POST', `${address}/checkin`);
      await cast.until(booking, ({ paymentStatus }) => paymentStatus === 'captured');
      await hotelier.call('POST', `${address}/checkout`);
      await cast.until(booking, ({ paymentStatus }) => paymentStatus === 'settled');
      return [booking];
    },
  },
  {
    name: 'undo that needs the operator',
    async play(cast) {
      // Far enough ahead to be cancelled for nothing.
      const soon = addDays(localDate(new Date(), ZONE), 4);
      const { booking, confirmationNumber } = await cast.traveler.reserve(
        reservation(soon, 1, 'tok_void_fails'),
      );
      await cast.until(booking, isConfirmed);
      await cast.traveler.call('DELETE', `/api/reservations/${confirmationNumber}`);
      await cast.until(booking, ({ undo }) => undo === 'needs_operator');
      await cast.admin.call('POST', `/api/admin/bookings/${booking.id}/undo/void-authorization/retry`);
      await cast.until(booking, isOver);
      return [booking];
    },
  },
];
