import { unitsTakenGroup } from '../view/units-taken';

/** Keeps the cars that are taken of each class and day. */
export const carService = unitsTakenGroup({
  group: 'car-service-group',
  kind: 'car',
  table: 'car_service.bookings',
});
