import type { MoneyEvent } from '../../domain/provider-event';
import type { DisputeNews, PaymentCaseRequest } from '../../workflows/payment-case-messages';

/** The case that an event opens or belongs to, and what it says to a dispute. */
export interface CaseOfEvent {
  readonly request: PaymentCaseRequest;
  readonly word?: DisputeNews['word'];
}

/** A case is known by the provider's id of the refund or the dispute, so an event that comes twice finds it. */
export function caseOf(event: MoneyEvent): CaseOfEvent {
  switch (event.kind) {
    case 'refunded':
      return { request: refundCase(event, 'provider-refund', event.refundId) };
    case 'refund-failed':
      return { request: refundCase(event, 'refund-failed', `${event.refundId}-failed`) };
    case 'dispute-opened':
      return { request: disputeCase(event) };
    case 'dispute-funds-withdrawn':
      return { request: disputeCase(event), word: 'withdrawn' };
    case 'dispute-funds-reinstated':
      return { request: disputeCase(event), word: 'won' };
    case 'dispute-closed':
      return { request: disputeCase(event), word: event.outcome };
  }
}

type RefundEvent = Extract<MoneyEvent, { readonly refundId: string }>;
type DisputeEvent = Extract<MoneyEvent, { readonly disputeId: string }>;

function refundCase(
  { bookingId, authorizationId, amount, refundId }: RefundEvent,
  kind: 'provider-refund' | 'refund-failed',
  caseId: string,
): PaymentCaseRequest {
  return { kind, bookingId, caseId, authorizationId, amount, reference: refundId };
}

function disputeCase(event: DisputeEvent): PaymentCaseRequest {
  const { bookingId, authorizationId, amount, disputeId, reason } = event;
  return {
    ...{ kind: 'dispute', bookingId, caseId: disputeId, authorizationId, amount },
    ...(reason !== undefined && { reason }),
    ...('evidenceDueBy' in event && event.evidenceDueBy && { evidenceDueBy: event.evidenceDueBy }),
  };
}
