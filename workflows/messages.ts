import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Agreement, ToldAgreement } from '../domain/agreement';
import type { BookingSnapshot } from '../domain/booking';
import type { BookingId, OwnerId, TravelerId } from '../domain/ids';
import type { Money } from '../domain/money';
import type { UndoStep } from '../domain/undo';

/*
 * Everything that may be said to a booking saga. What someone decides is an update, because the caller must learn
 * whether it was still possible; what merely hints is a signal. Reads come from Postgres, so there is no query.
 */

/** The name under which the saga's workflow type is registered. */
export const BOOKING_SAGA = 'bookingSaga';

/** One booking, one workflow: the id follows from the booking's. */
export function workflowIdOf(bookingId: BookingId): string {
  return `booking/${bookingId}`;
}

/**
 * Who speaks. The API checks the token; the saga's validators check again that this person is the booking's
 * traveler or the item's owner. `admin` acts as SYSTEM.
 */
export type Caller =
  | { readonly role: 'TRAVELER'; readonly id: TravelerId }
  | { readonly role: 'OWNER'; readonly id: OwnerId }
  | { readonly role: 'SYSTEM'; readonly id: string };

export interface Decision {
  readonly by: Caller;
  /** The caller's own words, told to the other side. */
  readonly reason?: string;
}

export interface PaymentMethod {
  readonly by: Caller;
  /** A provider's token, never card data. */
  readonly paymentToken: string;
}

/** The guest came, or left. */
export interface Presence {
  readonly by: Caller;
}

/** A change of a confirmed booking, checked and priced by the API. */
export interface Change {
  readonly by: Caller;
  /** The update's own id, kept in the log: by it a repeat learns that it was done. */
  readonly changeId: string;
  /** What the change was worked out from. Where the booking is no longer so, it is refused. */
  readonly from: ToldAgreement;
  /** What is agreed from then on. */
  readonly to: Agreement;
}

export interface UndoIntervention {
  readonly by: Caller;
  readonly step: UndoStep;
}

/** Money that is to be taken from what is held. Without an amount: all of it. */
export interface CaptureOrder {
  readonly by: Caller;
  readonly amount?: Money;
  /** Names the order: the same in every repetition of one request. */
  readonly requestId: string;
}

/** Money that is to go back to the traveler. Without an amount: all that was taken. */
export interface RefundOrder extends CaptureOrder {
  /** The caller's own words. */
  readonly reason?: string;
}

/**
 * What the provider told of a payment outside of any call: the cardholder has confirmed, or will not. It carries no
 * outcome of its own; the saga asks the provider again under the payment's key.
 */
export interface ProviderNews {
  readonly kind: 'action-completed' | 'action-failed';
  /** The provider's id of the payment; absent where a card was being saved. */
  readonly authorizationId?: string;
}

/** The `type` of the ApplicationFailure with which an update is refused. */
export const REFUSALS = [
  'IllegalTransition',
  'NotYet',
  'NotAllowed',
  'UndoNotWaiting',
  'ChangedMeanwhile',
  'TooManyChanges',
  'PaymentDeclined',
  /** Carries the nights as its detail. */
  'NightsUnavailable',
  'AmountUnavailable',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Waits until PENDING is committed. Sent with the start; the saga opens itself even if this never arrives. */
export const openUpdate = defineUpdate<BookingSnapshot>('open');
/** The owner says yes. Answers once ACCEPTED is committed. */
export const acceptUpdate = defineUpdate<BookingSnapshot, [Decision]>('accept');
/** The owner says no. Answers once REJECTED is committed. */
export const rejectUpdate = defineUpdate<BookingSnapshot, [Decision]>('reject');
/** Traveler, owner or system calls it off. Answers once CANCELLED is committed; undoing goes on after that. */
export const cancelUpdate = defineUpdate<BookingSnapshot, [Decision]>('cancel');
/** Another card after a decline, or the first one. Answers as soon as the saga has taken it. */
export const providePaymentUpdate = defineUpdate<BookingSnapshot, [PaymentMethod]>('providePayment');
/** The owner has received the guest. Answers once CHECKED_IN is committed; the money is taken after that. */
export const checkInUpdate = defineUpdate<BookingSnapshot, [Presence]>('checkIn');
/** The guest has left. Answers once CHECKED_OUT is committed; settling goes on after that. */
export const checkOutUpdate = defineUpdate<BookingSnapshot, [Presence]>('checkOut');
/** Other dates, another room, more or fewer guests. Answers once that is committed, paid for and has its nights. */
export const changeUpdate = defineUpdate<BookingSnapshot, [Change]>('change');
/** The owner or an operator takes part or all of what is held. Answers once that is decided. */
export const capturePaymentUpdate = defineUpdate<BookingSnapshot, [CaptureOrder]>('capturePayment');
/** The owner or an operator gives back part or all of what was taken. Answers once that is decided. */
export const refundPaymentUpdate = defineUpdate<BookingSnapshot, [RefundOrder]>('refundPayment');
/** An operator has an undo that waits for one tried again at once. */
export const retryUndoUpdate = defineUpdate<BookingSnapshot, [UndoIntervention]>('retryUndo');
/** An operator declares an undo that waits for one settled by hand. */
export const skipUndoUpdate = defineUpdate<BookingSnapshot, [UndoIntervention]>('skipUndo');
/** Hint that nights of a pending request may be gone: look at the calendar again. */
export const recheckAvailabilitySignal = defineSignal('recheckAvailability');
/** Hint that the provider has news of a payment: ask it again. May come twice, late, or never. */
export const providerNewsSignal = defineSignal<[ProviderNews]>('providerNews');
