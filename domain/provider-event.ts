import type { BookingId } from './ids';
import type { Money } from './money';

/** Something that a payment provider told us of its own accord, known by the provider's id of it. */
export type ProviderEvent = { readonly id: string; readonly bookingId: BookingId } & ProviderTidings;

/** What it told. Ids are the provider's. */
export type ProviderTidings =
  | {
      /** A cardholder confirmed a payment or a card, or will not. What came of it the provider is asked for. */
      readonly kind: 'action-completed' | 'action-failed';
      /** Absent where a card was being saved. */
      readonly authorizationId?: string;
    }
  | (MoneyTidings & {
      /** Money was given back past us, or a refund of ours came back from the bank. */
      readonly kind: 'refunded' | 'refund-failed';
      readonly refundId: string;
    })
  | (DisputeTidings & { readonly kind: 'dispute-opened'; readonly evidenceDueBy?: string })
  | (DisputeTidings & { readonly kind: 'dispute-funds-withdrawn' | 'dispute-funds-reinstated' })
  | (DisputeTidings & { readonly kind: 'dispute-closed'; readonly outcome: 'won' | 'lost' });

interface MoneyTidings {
  readonly authorizationId: string;
  readonly amount: Money;
}

interface DisputeTidings extends MoneyTidings {
  readonly disputeId: string;
  /** The bank's word for why. */
  readonly reason?: string;
}

export type ProviderEventKind = ProviderTidings['kind'];

/** Tidings of money that moves whether or not the booking's saga still runs. */
export type MoneyEvent = Extract<ProviderEvent, MoneyTidings>;

/** To whom each kind is handed: the booking's saga, or the workflow for money after the end. */
export const RECEIVERS = {
  'action-completed': 'saga',
  'action-failed': 'saga',
  refunded: 'payment-case',
  'refund-failed': 'payment-case',
  'dispute-opened': 'payment-case',
  'dispute-funds-withdrawn': 'payment-case',
  'dispute-funds-reinstated': 'payment-case',
  'dispute-closed': 'payment-case',
} as const satisfies Record<ProviderEventKind, 'saga' | 'payment-case'>;

export const PROVIDER_EVENT_KINDS = Object.keys(RECEIVERS) as ProviderEventKind[];
