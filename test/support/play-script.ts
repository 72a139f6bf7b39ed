import type { PaymentPolicy } from '../../domain/payment-policy';

/** How a booking of a play begins. */
export interface Opening {
  readonly room: 'STD' | 'SUITE';
  readonly daysAhead: number;
  readonly nights: number;
  readonly instant: boolean;
  readonly token: 'tok_approved' | 'tok_declined' | 'tok_declined_later' | undefined;
  /** Absent: the terms of the first release. */
  readonly policy?: PaymentPolicy;
  readonly stay: 'by-owner' | 'by-timer';
  readonly commissionBasisPoints?: number;
}

/** What somebody says to a booking, or does beside it. */
export type Command =
  | { readonly say: 'accept' | 'reject' | 'check-in' | 'check-out' }
  | { readonly say: 'cancel'; readonly by: 'traveler' | 'owner' }
  | { readonly say: 'pay'; readonly token: string }
  | { readonly say: 'change'; readonly wish: Wish }
  | { readonly say: 'capture' | 'refund'; readonly percent: number }
  | { readonly say: 'close' | 'open-dates' | 'rival' };

export interface Wish {
  readonly daysLater?: number;
  readonly nights?: number;
  readonly room?: Opening['room'];
  readonly guests?: number;
}

/** So long, or until the next guest may come. */
export type Pause = '1m' | '1h' | '1 day' | '5 days' | 'arrival';
