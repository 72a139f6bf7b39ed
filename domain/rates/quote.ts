import type { Money } from '../money';
import type { CalendarDate } from '../stay-dates';
import type { FeeUnit } from './rate-plan';

/** How long a quote given out is honoured, milliseconds. */
export const QUOTE_HONOURED_MS = 15 * 60_000;

/** A rule that a night's price comes from, in the order in which they were applied. */
export interface AppliedRule {
  readonly rule: 'season' | 'weekday' | 'occupancy' | 'lead-time' | 'floor' | 'ceiling';
  /** Of the season or the weekday. */
  readonly name?: string;
  /** The price that it set, minor units. */
  readonly price?: number;
  /** The change that it made. */
  readonly changeBasisPoints?: number;
}

/** One line of a quote; its amount, in minor units, counts towards the total. */
export type QuoteLine =
  | {
      readonly kind: 'night';
      readonly date: CalendarDate;
      readonly amount: number;
      /** Of one unit. */
      readonly unitPrice: number;
      readonly applied: readonly AppliedRule[];
    }
  | {
      readonly kind: 'discount';
      readonly name: 'length-of-stay' | 'early-bird' | 'last-minute';
      readonly basisPoints: number;
      /** Never above zero. */
      readonly amount: number;
    }
  | {
      readonly kind: 'extra-guests';
      readonly guests: number;
      readonly perNight: number;
      readonly amount: number;
    }
  | { readonly kind: 'fee'; readonly name: string; readonly per: FeeUnit; readonly amount: number }
  | { readonly kind: 'tax'; readonly name: string; readonly basisPoints: number; readonly amount: number };

/** A tax that is in the lines already; for the bill, not for the sum. */
export interface IncludedTax {
  readonly name: string;
  readonly basisPoints: number;
  readonly amount: number;
}

/** What a total is made of. */
export interface QuoteItems {
  readonly lines: readonly QuoteLine[];
  readonly includedTaxes: readonly IncludedTax[];
}

/** What a stay costs, and how that comes about. */
export interface Quote extends QuoteItems {
  /** Code and version of the rate plan. */
  readonly plan: string;
  readonly planVersion: number;
  readonly nights: number;
  readonly guests: number;
  readonly quantity: number;
  /** The average night of one unit before discounts, fees and taxes that come on top. */
  readonly nightlyPrice: Money;
  /** The sum of the lines. */
  readonly total: Money;
}
