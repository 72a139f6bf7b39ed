const BOOKING = {
  bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9',
  travelerId: 'traveler-1',
  ownerId: 'owner-1',
} as const;

export const requestExample = {
  type: 'booking-created',
  ...BOOKING,
  propertyId: 'PROP-001',
  propertyName: 'Luxury Beach Villa',
  startDate: '2027-03-28T00:00:00.000Z',
  endDate: '2027-03-31T00:00:00.000Z',
  checkIn: '2027-03-28T00:00:00.000Z',
  checkOut: '2027-03-31T00:00:00.000Z',
  guests: 2,
  totalPrice: 899.97,
  status: 'PENDING',
  timestamp: '2027-01-02T03:04:05.678Z',
  state: 'PENDING',
  sequence: 1,
} as const;

export const updateExamples = [
  {
    type: 'booking-status-updated',
    ...BOOKING,
    status: 'ACCEPTED',
    updatedBy: 'OWNER',
    timestamp: '2027-01-02T09:30:00.000Z',
    state: 'ACCEPTED',
    sequence: 2,
  },
  {
    type: 'booking-status-updated',
    ...BOOKING,
    status: 'CANCELLED',
    updatedBy: 'TRAVELER',
    reason: 'Plans changed',
    timestamp: '2027-01-03T10:00:00.000Z',
    state: 'CANCELLED',
    sequence: 6,
  },
] as const;
