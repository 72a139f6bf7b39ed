const FLIGHT = {
  bookingId: 'BKG01ARZ3NDEKTSV4RRFFR1',
  userId: 'traveler-1',
  type: 'flight',
  itemId: 'FLIGHT-AA601',
  quantity: 2,
  startDate: '2027-05-02T00:00:00.000Z',
  endDate: '2027-05-03T00:00:00.000Z',
  totalAmountPaid: 599.98,
  currency: 'USD',
  data: { bookingDetails: { passengers: ['Ann Lee', 'Bo Lee'], seats: ['12A', '12B'] } },
} as const;

export const travelExamples = [
  {
    eventType: 'booking.created',
    timestamp: '2027-01-02T03:04:05.678Z',
    ...FLIGHT,
    state: 'PENDING',
    sequence: 1,
  },
  {
    eventType: 'booking.failed',
    timestamp: '2027-01-02T03:04:06.012Z',
    ...FLIGHT,
    reason: 'The card was declined.',
    state: 'FAILED',
    sequence: 4,
  },
] as const;
