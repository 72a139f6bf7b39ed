import { unitsTakenGroup } from '../view/units-taken';

/** Keeps the rooms that are taken of each item and night. */
export const hotelService = unitsTakenGroup({
  group: 'hotel-service-group',
  kind: 'hotel',
  table: 'hotel_service.bookings',
});
