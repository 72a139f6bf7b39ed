import type { CancellationPolicy } from '../domain/cancellation';
import { itemIdOf } from '../domain/hotel';
import type { BlockPolicy } from '../domain/item';
import type { PaymentPolicy } from '../domain/payment-policy';
import { addDays, asMidnightUtc, type CalendarDate } from '../domain/stay-dates';
import { openDatabase } from '../platform/database/client';
import type { Prisma } from '../prisma/generated/client';

const HOUR = 3600;

const base = {
  system: 'stays',
  kind: 'property',
  currency: 'USD',
  capacity: 1,
  overbooking: 0,
  maxGuests: 8,
  timeZone: 'America/New_York',
  checkInTime: '15:00',
  checkOutTime: '11:00',
  instant: false,
  decisionWindowSeconds: 24 * HOUR,
  paymentDeadlineSeconds: 24 * HOUR,
  graceSeconds: 900,
} satisfies Partial<Prisma.ItemCreateInput>;

/** The stays: one property decided by its owner, one instant, one whose owner has half a minute. */
const STAYS: readonly Prisma.ItemCreateInput[] = [
  { ...base, id: 'PROP-001', ownerId: 'owner-1', name: 'Luxury Beach Villa', nightlyAmount: 30_000 },
  {
    ...base,
    id: 'PROP-002',
    ownerId: 'owner-1',
    name: 'City Loft, booked at once',
    nightlyAmount: 12_500,
    maxGuests: 4,
    instant: true,
  },
  {
    ...base,
    id: 'PROP-003',
    ownerId: 'owner-2',
    name: 'Mountain Cabin, half a minute to decide',
    nightlyAmount: 8_000,
    maxGuests: 6,
    timeZone: 'Europe/Zurich',
    decisionWindowSeconds: 30,
  },
];

/** Homes whose owners set terms of their own: a deposit, requests that keep their nights, the whole price up front. */
const STAYS_WITH_TERMS: readonly Prisma.ItemCreateInput[] = [
  {
    ...base,
    id: 'PROP-004',
    ownerId: 'owner-2',
    name: 'Lakeside House, 30 % deposit',
    nightlyAmount: 20_000,
    timeZone: 'Europe/Zurich',
    minNights: 2,
    maxNights: 28,
    paymentPolicy: { kind: 'deposit', percent: 30, holdDaysBefore: 5 } satisfies PaymentPolicy,
    cancellationPolicy: {
      tiers: [
        { hoursBefore: 14 * 24, refundPercent: 100 },
        { hoursBefore: 7 * 24, refundPercent: 50 },
      ],
      noShow: { kind: 'percent', percent: 100 },
    } satisfies CancellationPolicy,
  },
  {
    ...base,
    id: 'PROP-005',
    ownerId: 'owner-2',
    name: 'Garden Studio, a request keeps its nights for an hour',
    nightlyAmount: 9_500,
    maxGuests: 2,
    timeZone: 'Europe/Zurich',
    leadTimeHours: 24,
    blockPolicy: { pending: 'blocked', expiresAfterSeconds: HOUR } satisfies BlockPolicy,
  },
  {
    ...base,
    id: 'PROP-006',
    ownerId: 'owner-1',
    name: 'Festival Flat, prepaid, three nights at least',
    nightlyAmount: 15_000,
    maxGuests: 4,
    minNights: 3,
    instant: true,
    paymentPolicy: { kind: 'prepaid' } satisfies PaymentPolicy,
  },
];

/** Paid at once or not at all. */
const travelBase = {
  ...base,
  system: 'travel',
  instant: true,
  graceSeconds: 0,
  paymentDeadlineSeconds: 600,
} satisfies Partial<Prisma.ItemCreateInput>;

/** What the travel shop sells: a flight with 20 seats, a class of 5 cars, a hotel with 10 rooms. */
const TRAVEL: readonly Prisma.ItemCreateInput[] = [
  {
    ...travelBase,
    id: 'FLIGHT-AA601',
    kind: 'flight',
    ownerId: 'airline-1',
    name: 'AA601 New York to San Francisco',
    nightlyAmount: 29_999,
    capacity: 20,
    maxGuests: 20,
    // Departure; the end of that day is the end of the journey.
    checkInTime: '09:30',
    checkOutTime: '00:00',
  },
  {
    ...travelBase,
    id: 'CAR-ECON',
    kind: 'car',
    ownerId: 'car-rental-1',
    name: 'Economy car, San Francisco',
    nightlyAmount: 4_500,
    capacity: 5,
    maxGuests: 5,
    timeZone: 'America/Los_Angeles',
    checkInTime: '10:00',
    checkOutTime: '10:00',
  },
  {
    ...travelBase,
    id: 'TRAVEL-HOTEL-1',
    kind: 'room',
    ownerId: 'hotel-owner-1',
    name: 'Bay View Hotel, double room',
    nightlyAmount: 18_000,
    capacity: 10,
    maxGuests: 2,
    timeZone: 'America/Los_Angeles',
  },
];

/** Free until two days before, half until one day before; who never comes pays the first night. */
const FLEXIBLE = {
  tiers: [
    { hoursBefore: 48, refundPercent: 100 },
    { hoursBefore: 24, refundPercent: 50 },
  ],
  noShow: { kind: 'nights', nights: 1 },
} satisfies CancellationPolicy;

const hotelBase = {
  ...base,
  system: 'hotel',
  kind: 'room',
  ownerId: 'owner-3',
  maxGuests: 2,
  timeZone: 'Europe/Berlin',
  cancellationPolicy: FLEXIBLE,
  noShowTime: '06:00',
} satisfies Partial<Prisma.ItemCreateInput>;

/** One hotel: its standard rooms are booked at once, its suites by approval. */
const HOTEL: readonly Prisma.ItemCreateInput[] = [
  {
    ...hotelBase,
    id: itemIdOf('HOTEL-001', 'STD'),
    name: 'Hotel am Park, standard room',
    nightlyAmount: 12_000,
    capacity: 10,
    instant: true,
  },
  {
    ...hotelBase,
    id: itemIdOf('HOTEL-001', 'SUITE'),
    name: 'Hotel am Park, suite',
    nightlyAmount: 32_000,
    capacity: 2,
    maxGuests: 4,
  },
];

const FLIGHTS = TRAVEL.filter(({ kind }) => kind === 'flight').map(({ id }) => id);

/** How far ahead the flight departs when it is first put into the catalogue, days. */
const DEPARTS_IN_DAYS = 45;

/** Has no stored payment method, so a booking of theirs without a token waits in ACCEPTED for one. */
export const TRAVELER_WITHOUT_CARD = 'traveler-no-card';

/**
 * Puts the demo catalogue into a database, or puts it right again. Writes no personal data.
 * @param now decides when the flight departs; a later seed leaves its departure alone until that has passed
 */
export async function seed(databaseUrl: string, now = new Date()): Promise<void> {
  const database = openDatabase({
    url: databaseUrl,
    applicationName: 'booking-seed',
    poolSize: 1,
    transactionTimeoutMs: 10_000,
    connectTimeoutMs: 5000,
  });
  try {
    for (const item of [...STAYS, ...STAYS_WITH_TERMS, ...TRAVEL, ...HOTEL]) {
      await database.item.upsert({ where: { id: item.id }, create: item, update: item });
    }
    const today = now.toISOString().slice(0, 10) as CalendarDate;
    await database.item.updateMany({
      where: {
        id: { in: FLIGHTS },
        OR: [{ departureDate: null }, { departureDate: { lt: midnight(today) } }],
      },
      data: { departureDate: midnight(addDays(today, DEPARTS_IN_DAYS)) },
    });
    await database.paymentMethod.upsert({
      where: { travelerId: TRAVELER_WITHOUT_CARD },
      create: { travelerId: TRAVELER_WITHOUT_CARD, token: null },
      update: { token: null },
    });
  } finally {
    await database.$disconnect();
  }
}

function midnight(day: CalendarDate): Date {
  return new Date(asMidnightUtc(day));
}
