import type { BookingState, FactType, UndoStatus } from './booking-state';
import type { CancellationPolicy } from './cancellation';
import type { BillingId, BookingId, ItemId, OwnerId, QuoteId, TravelerId } from './ids';
import type { BlockPolicy, System } from './item';
import type { Money } from './money';
import type { PaymentPlan } from './payment-policy';
import type { Stay } from './stay-dates';

/** Who brought a change about, as listeners are told. An administrator acts as SYSTEM. */
export const ACTORS = ['OWNER', 'TRAVELER', 'SYSTEM'] as const;
export type Actor = (typeof ACTORS)[number];

/** Why a booking ended; stable words for machines. */
export const REASON_CODES = [
  'rejected-by-owner',
  'nights-unavailable',
  'decision-window-passed',
  'check-in-passed',
  'payment-method-missing',
  'payment-declined',
  'payment-unreachable',
  'cancelled-by-traveler',
  'cancelled-by-owner',
  'cancelled-by-system',
  'no-show',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** The same for people: the caller's own words where they gave any. */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

/** What a booking was opened with: the saga's whole input. Carries no personal data beyond opaque ids. */
export interface BookingRequest {
  readonly bookingId: BookingId;
  readonly system: System;
  readonly itemId: ItemId;
  readonly itemName: string;
  readonly ownerId: OwnerId;
  readonly travelerId: TravelerId;
  readonly stay: Stay;
  readonly guests: number;
  readonly quantity: number;
  /** The whole price, tax included; shown to and agreed by the traveler. */
  readonly price: Money;
  /** What the price was made by. Absent in bookings of the first release: the item's nightly price. */
  readonly rate?: BookingRate;
  /** A provider's token, never card data. Absent: the booking waits for one after acceptance. */
  readonly paymentToken?: string;
  readonly terms: BookingTerms;
  /** Set where the booking is sold with a bill: the record that the saga keeps up to date. */
  readonly billingId?: BillingId;
}

/** The rate plan that a booking is priced by. */
export interface BookingRate {
  readonly plan: string;
  /** The quote that its lines are kept in. Absent: every night costs the same. */
  readonly quoteId?: QuoteId;
}

/** The item's rules as they stood when the booking was opened. Instants are ISO 8601 UTC. */
export interface BookingTerms {
  readonly instant: boolean;
  readonly decisionWindowSeconds: number;
  readonly paymentDeadlineSeconds: number;
  readonly graceSeconds: number;
  readonly checkInAt: string;
  readonly checkOutAt: string;
  /** When the price is taken from the hold. Absent in bookings of the first release: `at-check-in`. */
  readonly capture?: CaptureTime;
  /** Who says that the guest came and left. Absent: `by-timer`. */
  readonly stay?: StayKeeping;
  /** `by-owner`: the beginning of the first day, before which nobody is checked in. */
  readonly checkInFrom?: string;
  /** `by-owner`: when a guest who was not checked in counts as never having come. */
  readonly noShowAt?: string;
  /** What a cancel by the guest, or never coming, costs. Absent: nothing. */
  readonly cancellation?: CancellationPolicy;
  /** How the price is collected. Absent in bookings of the first release: one hold at acceptance, taken at `capture`. */
  readonly payment?: PaymentPlan;
  /** Whether the request takes its nights while it waits for its owner. Absent: no. */
  readonly block?: BlockPolicy;
  /** The share of the owner's earnings that stays with the house. Absent: none. */
  readonly commissionBasisPoints?: number;
}

/** `by-timer`: the clock alone. `by-owner`: the owner checks the guest in, and out where the clock is not first. */
export const STAY_KEEPINGS = ['by-timer', 'by-owner'] as const;
export type StayKeeping = (typeof STAY_KEEPINGS)[number];

/** Travel is paid before it is confirmed, a stay when it begins. */
export const CAPTURE_TIMES = ['at-check-in', 'before-confirmation'] as const;
export type CaptureTime = (typeof CAPTURE_TIMES)[number];

/** Where a booking stands: what every step and every update answers. */
export interface BookingSnapshot {
  readonly bookingId: BookingId;
  readonly state: BookingState;
  readonly undo: UndoStatus;
  /** Rises with every fact of the booking, starting at 1. */
  readonly sequence: number;
}

/** One line of the event log, as it is handed to listeners: the canonical event of the bridge. */
export interface BookingFact {
  /** Hash of booking, sequence and type: the same however often the step ran. */
  readonly factId: string;
  readonly type: FactType;
  readonly bookingId: BookingId;
  readonly sequence: number;
  readonly fromState: BookingState | 'NONE';
  readonly state: BookingState;
  readonly undo: UndoStatus;
  readonly actor: Actor;
  readonly reason?: Reason;
  /** What this type of fact carries besides: amounts, provider references, the undone step. */
  readonly details: Readonly<Record<string, unknown>>;
  /** How many attempts the step took. */
  readonly attempts: number;
  /** When it happened by the saga's clock, ISO 8601 UTC. */
  readonly at: string;
}
