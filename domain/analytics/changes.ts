/** What the analytics engine counts of a reservation, and tells on `analytics.reservation`. */
export const RESERVATION_CHANGES = [
  'created',
  'confirmed',
  'modified',
  'cancelled',
  'checkin',
  'checkout',
] as const;
export type ReservationChange = (typeof RESERVATION_CHANGES)[number];
