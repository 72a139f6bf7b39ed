/** A counted change, as it is told. */
export const analyticsReservationExamples: [object] = [
  {
    eventId: '3d0c9f0e5b2a4c7d8e1f6a9b0c3d5e7f',
    eventType: 'analytics.reservation',
    timestamp: '2027-01-02T03:04:06.120Z',
    confirmationNumber: 'RSV-2027-000123',
    bookingId: 'BKG01KAJ5M3ZC8T0V6RQ2XE1H',
    system: 'hotel',
    propertyId: 'HOTEL-001',
    itemId: 'HOTEL-001:STD',
    itemKind: 'room',
    ownerId: 'owner-3',
    change: 'confirmed',
    stayDetails: {
      roomType: 'STD',
      checkIn: '2027-03-28T00:00:00.000Z',
      checkOut: '2027-03-31T00:00:00.000Z',
      nights: 3,
      rooms: 1,
    },
    pricingDetails: { totalPrice: 360, currency: 'USD' },
    state: 'CONFIRMED',
    sequence: 5,
  },
];

/** An alert that begins, as it is told. */
export const analyticsAlertExamples: [object] = [
  {
    eventId: '7b1e4d2c9a8f4b6e8d3c5f7a1e9b2c4d',
    eventType: 'analytics.alert',
    timestamp: '2027-01-02T03:05:00.000Z',
    confirmationNumber: null,
    propertyId: null,
    itemId: null,
    ownerId: 'owner-3',
    alertId: '5d0e8f6a-3c1b-4a7e-9f2d-8b6c4e1a7d35',
    kind: 'declining-payments',
    status: 'opened',
    subject: 'owner-3',
    text: '6 of 12 payments for items of owner-3 were declined in 24 hours.',
    observed: { tries: 12, declined: 6 },
    threshold: { hours: 24, atLeast: 10, percent: 40 },
  },
];
