import { addDays, type CalendarDate } from '../domain/stay-dates';
import { readConfig } from '../platform/config';
import { signToken } from '../scripts/token';

/** What is booked: items of boundless capacity, several because a lane of the outbox follows from the item. */
export const ITEMS: readonly string[] = Array.from({ length: 16 }, (_, n) => `BENCH-${n + 1}`);
export const OWNER = 'bench-owner';

const TRAVELERS = 50;
const NIGHTS = 3;
const FIRST_DAY = 30;
const DAYS = 600;

/** One wish to book. */
export interface Wish {
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Wishes that never repeat within a minute, since the product takes such a repetition for the same request. */
export interface Wishes {
  readonly ownerToken: string;
  next(): Wish;
}

/** Signs the tokens beforehand, so that doing so is in no figure. */
export async function prepareWishes(): Promise<Wishes> {
  const config = readConfig({});
  const sign = (role: 'traveler' | 'owner', sub: string) => signToken({ role, sub, ttl: '1h' }, config);
  const tokens = await Promise.all(
    Array.from({ length: TRAVELERS }, (_, n) => sign('traveler', `bench-traveler-${n + 1}`)),
  );
  const today = new Date().toISOString().slice(0, 10) as CalendarDate;
  let count = 0;
  return {
    ownerToken: await sign('owner', OWNER),
    next() {
      count += 1;
      const startDate = addDays(today, FIRST_DAY + (count % DAYS));
      return {
        token: tokens[count % TRAVELERS] ?? '',
        body: {
          propertyId: ITEMS[Math.floor(count / 7) % ITEMS.length],
          startDate,
          endDate: addDays(startDate, NIGHTS),
          guests: 2,
          totalPrice: 900,
          paymentToken: 'tok_approved',
        },
      };
    },
  };
}
