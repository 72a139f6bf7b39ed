import type { Item } from './item';
import { type Money, multiply } from './money';
import { countNights, type Stay } from './stay-dates';

/** What a stay costs, and how that comes about. */
export interface Quote {
  readonly nights: number;
  readonly nightlyPrice: Money;
  readonly quantity: number;
  readonly total: Money;
}

/** The price of `quantity` of an item for a stay, tax included. */
export function quoteStay(item: Pick<Item, 'nightlyPrice'>, stay: Stay, quantity = 1): Quote {
  const nights = countNights(stay);
  return {
    nights,
    nightlyPrice: item.nightlyPrice,
    quantity,
    total: multiply(item.nightlyPrice, nights * quantity),
  };
}
