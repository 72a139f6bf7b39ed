import type { PaymentPolicy } from '../domain/payment-policy';
import { addDays, type CalendarDate } from '../domain/stay-dates';
import { readConfig } from '../platform/config';
import { signToken } from '../scripts/token';

/** Whether the owner is asked, or the booking is accepted as soon as it is open. */
export type Sale = 'on-request' | 'instant';

const named = (name: string) => Array.from({ length: 16 }, (_, n) => `${name}-${n + 1}`);

/** What is booked: items of boundless capacity, several because a lane of the outbox follows from the item. */
export const ITEMS: Readonly<Record<Sale, readonly string[]>> = {
  'on-request': named('BENCH'),
  instant: named('BENCH-INSTANT'),
};
export const OWNER = 'bench-owner';

const TRAVELERS = 50;
const NIGHTS = 3;
const FIRST_DAY = 30;
const DAYS = 600;

/**
 * Of these items: the price is held at acceptance, however far ahead the stay is. So a booking asks the provider to
 * save the card and to hold the price, and so does the empty saga.
 */
export const HELD_AT_ONCE = { kind: 'at-check-in', holdDaysBefore: 800 } as const satisfies PaymentPolicy;

/** One wish to book. */
export interface Wish {
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Wishes that never repeat within a minute, since the product takes such a repetition for the same request. */
export interface Wishes {
  readonly ownerToken: string;
  next(sale: Sale): Wish;
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
    next(sale) {
      count += 1;
      const items = ITEMS[sale];
      const startDate = addDays(today, FIRST_DAY + (count % DAYS));
      return {
        token: tokens[count % TRAVELERS] ?? '',
        body: {
          propertyId: items[Math.floor(count / 7) % items.length],
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
