import { unitsTakenGroup } from '../view/units-taken';

/** Keeps the seats that are taken of each departure. */
export const flightService = unitsTakenGroup({
  group: 'flight-service-group',
  kind: 'flight',
  table: 'flight_service.bookings',
});
