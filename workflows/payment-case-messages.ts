import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BookingId } from '../domain/ids';
import type { Money } from '../domain/money';
import type { Caller } from './messages';

/*
 * Money that moves after a booking's saga has ended: each refund and each dispute is a workflow of its own, a case.
 */

/** The name under which the case's workflow type is registered. */
export const PAYMENT_CASE = 'paymentCase';

/** One case, one workflow. `caseId`: the request's own id, or the provider's id of the dispute or refund. */
export function paymentCaseIdOf(bookingId: BookingId, caseId: string): string {
  return `booking/${bookingId}/payment-case/${caseId}`;
}

interface Case {
  readonly bookingId: BookingId;
  readonly caseId: string;
}

/** Somebody gives money back. */
export interface RefundCase extends Case {
  readonly kind: 'refund';
  readonly by: Caller;
  /** Absent: all that can go back. */
  readonly amount?: Money;
  readonly reason?: string;
}

/** The provider gave money back, as somebody asked of it past us; or a refund came back from the bank. */
export interface ProviderRefundCase extends Case {
  readonly kind: 'provider-refund' | 'refund-failed';
  readonly authorizationId: string;
  readonly amount: Money;
  /** The provider's id of the refund. */
  readonly reference: string;
}

/** The traveler disputes a payment at their bank. Most providers withdraw the money until it is decided. */
export interface DisputeCase extends Case {
  readonly kind: 'dispute';
  readonly authorizationId: string;
  readonly amount: Money;
  /** The bank's word for why. */
  readonly reason?: string;
  /** Until when evidence may be given to the provider, ISO 8601 UTC. */
  readonly evidenceDueBy?: string;
}

export type PaymentCaseRequest = RefundCase | ProviderRefundCase | DisputeCase;

/** How a case ended. `refused`: there was not so much to give back, or the provider would not. */
export interface PaymentCaseResult {
  readonly outcome: 'done' | 'refused' | DisputeOutcome;
}

export type DisputeOutcome = 'won' | 'lost';

/** The provider's word on a dispute: it has withdrawn the money, or the dispute is decided. */
export interface DisputeNews {
  readonly word: 'withdrawn' | DisputeOutcome;
}

/** Sent with the start: answers once the case is on record and what it gives back is set aside, or is refused. */
export const caseOpenedUpdate = defineUpdate<void>('caseOpened');
/** May come twice, in any order, and before the case has got so far. */
export const disputeNewsSignal = defineSignal<[DisputeNews]>('disputeNews');
