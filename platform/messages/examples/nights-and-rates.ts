import { onTopic } from './hotel';

const NIGHTS = {
  roomType: 'STD',
  checkIn: '2027-03-28T00:00:00.000Z',
  checkOut: '2027-03-31T00:00:00.000Z',
} as const;
const ITEM = { itemId: 'HOTEL-001:STD' } as const;
const PLACES = { capacity: 10, overbooking: 0, itemVersion: 7 } as const;

/** A fact without a booking: what the owner did. */
const byOwner = <Topic extends string>(topic: Topic) => {
  const { bookingId: _, ...head } = onTopic(topic, '2027-01-10T11:00:00.000Z');
  return { ...head, confirmationNumber: null, ...ITEM } as const;
};

export const availabilityExamples = [
  {
    ...onTopic('availability.updated', '2027-01-02T03:04:05.850Z'),
    ...ITEM,
    stayDetails: NIGHTS,
    ...PLACES,
    ...{ change: 'blocked', quantity: 1, state: 'PAYMENT_AUTHORIZED', sequence: 4 },
  },
  {
    ...byOwner('availability.updated'),
    stayDetails: NIGHTS,
    ...PLACES,
    ...{ change: 'closed', quantity: null, updatedBy: 'owner-3', sequence: 7 },
  },
] as const;

export const rateUpdatedExample = {
  ...byOwner('rate.updated'),
  pricingDetails: { nightlyPrice: 129.5, currency: 'USD', before: { nightlyPrice: 120, currency: 'USD' } },
  ...{ updatedBy: 'owner-3', sequence: 8 },
} as const;

const night = (date: string) => ({ kind: 'night', date, amount: 120, unitPrice: 120, applied: [] }) as const;

export const rateAppliedExample = {
  ...onTopic('rate.applied', '2027-01-02T03:04:05.901Z'),
  ...ITEM,
  stayDetails: { ...NIGHTS, nights: 3, guests: 2, rooms: 1 },
  pricingDetails: {
    ...{ ratePlan: 'STANDARD', totalPrice: 360, currency: 'USD' },
    lines: [night('2027-03-28'), night('2027-03-29'), night('2027-03-30')],
    includedTaxes: [],
  },
  ...{ state: 'CONFIRMED', sequence: 5 },
} as const;
