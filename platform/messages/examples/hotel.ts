/** What every message of one reservation says, on whatever topic. */
export const onTopic = <Topic extends string>(topic: Topic, timestamp: string) =>
  ({
    eventId: `4f1d0c7ab2e95836:${topic}`,
    eventType: topic,
    timestamp,
    confirmationNumber: 'RSV-2027-000123',
    bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9',
    system: 'hotel',
    propertyId: 'HOTEL-001',
  }) as const;

const STAY = {
  roomType: 'STD',
  roomName: 'Standard room',
  checkIn: '2027-03-28T00:00:00.000Z',
  checkOut: '2027-03-31T00:00:00.000Z',
  nights: 3,
  guests: 2,
  rooms: 1,
} as const;
const PRICE = { totalPrice: 360, currency: 'USD' } as const;
const RESERVATION = {
  guestDetails: { guestId: 'guest-1', name: 'Ada Lovelace', email: 'ada@example.com' },
  stayDetails: STAY,
  pricingDetails: PRICE,
} as const;

/** Reservations as they are told, by topic. */
export const reservationExamples = {
  created: {
    ...onTopic('reservation.created', '2027-01-02T03:04:05.678Z'),
    ...RESERVATION,
    ...{ state: 'PENDING', sequence: 1 },
  },
  confirmed: {
    ...onTopic('reservation.confirmed', '2027-01-02T03:04:05.901Z'),
    ...RESERVATION,
    ...{ state: 'CONFIRMED', sequence: 5 },
  },
  modified: {
    ...onTopic('reservation.modified', '2027-02-01T16:20:00.000Z'),
    ...RESERVATION,
    stayDetails: { ...STAY, checkOut: '2027-04-01T00:00:00.000Z', nights: 4 },
    pricingDetails: { ...PRICE, totalPrice: 480 },
    previous: { stayDetails: STAY, pricingDetails: PRICE },
    priceDifference: 120,
    ...{ state: 'CONFIRMED', sequence: 6 },
  },
  cancelled: {
    ...onTopic('reservation.cancelled', '2027-03-27T08:00:00.000Z'),
    ...RESERVATION,
    pricingDetails: { ...PRICE, fee: 120 },
    ...{ reason: 'Plans changed', reasonCode: 'cancelled-by-traveler' },
    ...{ state: 'CANCELLED', sequence: 7 },
  },
  checkin: {
    ...onTopic('reservation.checkin', '2027-03-28T13:05:00.000Z'),
    ...RESERVATION,
    ...{ state: 'CHECKED_IN', sequence: 6 },
  },
  checkout: {
    ...onTopic('reservation.checkout', '2027-03-31T08:40:00.000Z'),
    ...RESERVATION,
    ...{ state: 'CHECKED_OUT', sequence: 8 },
  },
} as const;
