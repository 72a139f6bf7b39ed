import type { Item } from './item';
import { countNights, type Stay } from './stay-dates';

/** Why an item is not sold for a stay although its nights may be free: its owner's limit, and what it is. */
export type StayLimit =
  | { readonly reason: 'minimum-stay'; readonly nights: number }
  | { readonly reason: 'maximum-stay'; readonly nights: number }
  | { readonly reason: 'lead-time'; readonly hours: number };

const HOUR_MS = 3_600_000;

/**
 * The limits that a stay does not keep to; empty where nothing stands against it.
 *
 * @param checkInAt @param now milliseconds since the epoch
 */
export function brokenLimits(
  item: Pick<Item, 'minNights' | 'maxNights' | 'leadTimeHours'>,
  stay: Stay,
  checkInAt: number,
  now: number,
): StayLimit[] {
  const { minNights = 1, maxNights = Number.POSITIVE_INFINITY, leadTimeHours } = item;
  const nights = countNights(stay);
  const broken: StayLimit[] = [];
  if (nights < minNights) broken.push({ reason: 'minimum-stay', nights: minNights });
  if (nights > maxNights) broken.push({ reason: 'maximum-stay', nights: maxNights });
  if (leadTimeHours > 0 && checkInAt - now < leadTimeHours * HOUR_MS) {
    broken.push({ reason: 'lead-time', hours: leadTimeHours });
  }
  return broken;
}
