import type { CancellationPolicy } from './cancellation';
import type { ItemId, OwnerId } from './ids';
import type { Money } from './money';
import type { PaymentPolicy } from './payment-policy';
import type { CalendarDate } from './stay-dates';

/** The three systems whose front ends and listeners speak to the product (see docs/architecture.md). */
export const SYSTEMS = ['stays', 'travel', 'hotel'] as const;
export type System = (typeof SYSTEMS)[number];

export const ITEM_KINDS = ['property', 'room', 'flight', 'car'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What can be booked, with the terms its owner set. */
export interface Item {
  readonly id: ItemId;
  readonly system: System;
  readonly kind: ItemKind;
  readonly ownerId: OwnerId;
  readonly name: string;
  /** Price of one night, tax included. */
  readonly nightlyPrice: Money;
  /** How many of it can be sold for one night. */
  readonly capacity: number;
  readonly overbooking: number;
  readonly maxGuests: number;
  /** IANA name; stay dates and check-in times are of this zone. */
  readonly timeZone: string;
  /** Local wall-clock times, `HH:mm`. */
  readonly checkInTime: string;
  readonly checkOutTime: string;
  /** A flight's one departure; its seats are sold for that day. */
  readonly departureDate?: CalendarDate;
  /** Instant items are accepted without asking the owner. */
  readonly instant: boolean;
  readonly decisionWindowSeconds: number;
  readonly paymentDeadlineSeconds: number;
  /** How long a traveler may give another card after a decline. */
  readonly graceSeconds: number;
  /** Absent: cancelling costs nothing. */
  readonly cancellation?: CancellationPolicy;
  /** Local wall clock, `HH:mm`, of the day after check-in: from then on a guest counts as never having come. */
  readonly noShowTime?: string;
  /** Rises with every change of the item, its rates and its closed dates; the `sequence` of its facts. */
  readonly version: number;
  /** Nights; absent: no limit but the product's own. */
  readonly minNights?: number;
  readonly maxNights?: number;
  /** A booking must be made at least so many hours before check-in. */
  readonly leadTimeHours: number;
  readonly blockPolicy: BlockPolicy;
  readonly paymentPolicy: PaymentPolicy;
  /** The share of what an owner earns that stays with the house, hundredths of a percent. */
  readonly commissionBasisPoints: number;
  /** An item that is off sale takes no new bookings; those it has go on. */
  readonly onSale: boolean;
}

/** How many of an item can be sold for a night, as it is now. */
export interface Places {
  readonly capacity: number;
  readonly overbooking: number;
  /** The item's version that says so. */
  readonly itemVersion: number;
}

/** Whether a request that still waits for its owner takes its nights, and for how long at most. */
export type BlockPolicy =
  | { readonly pending: 'free' }
  | { readonly pending: 'blocked'; readonly expiresAfterSeconds: number };
