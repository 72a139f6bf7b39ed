import type Stripe from 'stripe';
import type { ProviderTidings } from '../../../domain/provider-event';
import { moneyOf } from '../../../platform/stripe/amounts';

/** What an event is about, and what it tells; no tidings where it concerns nobody here. */
export interface ReadEvent {
  readonly objectId: string;
  readonly authorizationId?: string;
  /** As we marked the object ourselves. */
  readonly bookingId?: string;
  readonly tidings?: ProviderTidings;
}

/** The events that are understood; docs/payments.md lists them from here, for the endpoint to be set up with. */
export const STRIPE_EVENTS = {
  'payment_intent.amount_capturable_updated': 'a hold was taken, after its cardholder confirmed',
  'payment_intent.succeeded': 'a payment was captured',
  'payment_intent.payment_failed': 'a cardholder did not confirm, or the card was declined',
  'setup_intent.succeeded': 'a card was saved, after its cardholder confirmed',
  'setup_intent.setup_failed': 'a cardholder did not confirm that a card is saved',
  'refund.created': 'a refund was made; of interest where it was made in the dashboard',
  'refund.failed': 'a refund came back from the bank',
  'charge.dispute.created': 'a cardholder disputes a payment',
  'charge.dispute.funds_withdrawn': 'the disputed money was taken from our balance',
  'charge.dispute.funds_reinstated': 'the disputed money came back to our balance',
  'charge.dispute.closed': 'the bank has decided',
} as const;

/** Picks out of an event what we act on. Nothing personal: neither names nor cards are looked at. */
export function readEvent(event: Stripe.Event): ReadEvent {
  switch (event.type) {
    case 'payment_intent.amount_capturable_updated':
    case 'payment_intent.succeeded':
      return ofIntent(event.data.object, 'action-completed');
    case 'payment_intent.payment_failed':
      return ofIntent(event.data.object, 'action-failed');
    case 'setup_intent.succeeded':
      return ofSetup(event.data.object, 'action-completed');
    case 'setup_intent.setup_failed':
      return ofSetup(event.data.object, 'action-failed');
    case 'refund.created':
      return ofRefund(event.data.object, 'refunded');
    case 'refund.failed':
      return ofRefund(event.data.object, 'refund-failed');
    case 'charge.dispute.created':
      return ofDispute(event.data.object, (common, { evidence_details }) => ({
        ...common,
        kind: 'dispute-opened',
        ...(evidence_details.due_by && {
          evidenceDueBy: new Date(evidence_details.due_by * 1000).toISOString(),
        }),
      }));
    case 'charge.dispute.funds_withdrawn':
      return ofDispute(event.data.object, (common) => ({ ...common, kind: 'dispute-funds-withdrawn' }));
    case 'charge.dispute.funds_reinstated':
      return ofDispute(event.data.object, (common) => ({ ...common, kind: 'dispute-funds-reinstated' }));
    case 'charge.dispute.closed':
      return ofDispute(event.data.object, (common, { status }) => ({
        ...common,
        kind: 'dispute-closed',
        // `warning_closed`: the bank asked, and then did not dispute.
        outcome: status === 'lost' ? 'lost' : 'won',
      }));
    default:
      return { objectId: objectIdOf(event) };
  }
}

function ofIntent(
  { id, metadata }: Stripe.PaymentIntent,
  kind: 'action-completed' | 'action-failed',
): ReadEvent {
  return { objectId: id, authorizationId: id, ...marked(metadata), tidings: { kind, authorizationId: id } };
}

function ofSetup(
  { id, metadata }: Stripe.SetupIntent,
  kind: 'action-completed' | 'action-failed',
): ReadEvent {
  return { objectId: id, ...marked(metadata), tidings: { kind } };
}

/** A refund that carries a key of ours we made ourselves, and know of. */
function ofRefund(refund: Stripe.Refund, kind: 'refunded' | 'refund-failed'): ReadEvent {
  const authorizationId = idOf(refund.payment_intent);
  if (!authorizationId) return { objectId: refund.id };
  const isOurs = refund.metadata?.key !== undefined;
  const about = { objectId: refund.id, authorizationId };
  if (isOurs && kind === 'refunded') return about;
  return { ...about, tidings: { kind, authorizationId, amount: moneyOf(refund), refundId: refund.id } };
}

interface Disputed {
  readonly authorizationId: string;
  readonly amount: ReturnType<typeof moneyOf>;
  readonly disputeId: string;
  readonly reason: string;
}

function ofDispute(
  dispute: Stripe.Dispute,
  tell: (common: Disputed, dispute: Stripe.Dispute) => ProviderTidings,
): ReadEvent {
  const authorizationId = idOf(dispute.payment_intent);
  if (!authorizationId) return { objectId: dispute.id };
  const { id: disputeId, reason } = dispute;
  const tidings = tell({ authorizationId, amount: moneyOf(dispute), disputeId, reason }, dispute);
  return { objectId: disputeId, authorizationId, tidings };
}

function marked(metadata: Stripe.Metadata | null): Pick<ReadEvent, 'bookingId'> {
  const bookingId = metadata?.booking_id;
  return bookingId === undefined ? {} : { bookingId };
}

function objectIdOf({ data }: Stripe.Event): string {
  const about: object = data.object;
  return 'id' in about && typeof about.id === 'string' ? about.id : '';
}

function idOf(named: string | { readonly id: string } | null): string | undefined {
  return typeof named === 'string' ? named : named?.id;
}
