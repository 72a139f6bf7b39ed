import type { Money } from '../domain/money';
import type { SagaRecord } from './saga-record';

/** Stands in until payments can be adjusted: what is held is as much as is needed. */
export type Adjustment =
  | { readonly outcome: 'secured'; complete(): Promise<void>; abandon(): Promise<void> }
  | { readonly outcome: 'declined'; readonly code: string; readonly actionUrl?: string }
  | { readonly outcome: 'unreachable' };

export async function adjustPayment(_booking: SagaRecord, _price: Money): Promise<Adjustment> {
  return { outcome: 'secured', complete: async () => undefined, abandon: async () => undefined };
}
