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

/** The demo catalogue: one property decided by its owner, one instant, one whose owner has half a minute. */
const ITEMS: readonly Prisma.ItemCreateInput[] = [
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

/** Has no stored payment method, so a booking of theirs without a token waits in ACCEPTED for one. */
export const TRAVELER_WITHOUT_CARD = 'traveler-no-card';

/** Puts the demo catalogue into a database, or puts it right again. Writes no personal data. */
export async function seed(databaseUrl: string): Promise<void> {
  const database = openDatabase({
    url: databaseUrl,
    applicationName: 'booking-seed',
    poolSize: 1,
    transactionTimeoutMs: 10_000,
    connectTimeoutMs: 5000,
  });
  try {
    for (const item of ITEMS) {
      await database.item.upsert({ where: { id: item.id }, create: item, update: item });
    }
    await database.paymentMethod.upsert({
      where: { travelerId: TRAVELER_WITHOUT_CARD },
      create: { travelerId: TRAVELER_WITHOUT_CARD, token: null },
      update: { token: null },
    });
  } finally {
    await database.$disconnect();
  }
}
