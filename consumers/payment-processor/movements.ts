import { fromDecimal } from '../../domain/money';
import type { Transaction } from '../../platform/database/transactions';
import type { Event } from '../runner/group';
import type { PaymentMessage, PaymentTopic } from '../view/property-topics';

/** What a message says of money. */
export type MovementKind =
  | 'initiated'
  | 'authorized'
  | 'declined'
  | 'captured'
  | 'capture-failed'
  | 'refund-failed'
  | 'voided'
  | 'refunded'
  | 'disputed'
  | 'dispute-won'
  | 'settled';

/** By topic, and by the message's `kind` where that says more; `other` where it says nothing, or something newer. */
const KINDS: Readonly<
  Record<PaymentTopic, { readonly other: MovementKind; readonly [kind: string]: MovementKind }>
> = {
  paymentInitiated: { other: 'initiated' },
  paymentAuthorized: { other: 'authorized' },
  paymentCaptured: { other: 'captured', 'refund-failed': 'refund-failed', 'dispute-won': 'dispute-won' },
  paymentFailed: { other: 'declined', capture: 'capture-failed' },
  paymentRefunded: { other: 'refunded', void: 'voided', dispute: 'disputed' },
  paymentSettled: { other: 'settled' },
};

/**
 * Enters a move of money once.
 * @returns whether it was not there yet
 */
export async function enterMovement(
  { query }: Transaction,
  { topic, message, factId }: Pick<Event<PaymentTopic, PaymentMessage>, 'topic' | 'message' | 'factId'>,
): Promise<boolean> {
  const kinds = KINDS[topic];
  const kind = kinds[message.kind ?? 'other'] ?? kinds.other;
  const { currency } = message;
  const minor = (decimal: number) => fromDecimal(decimal, currency).amount;
  const entered = await query(
    `INSERT INTO payment_processor.movements (fact_id, kind, booking_id, authorization_id, property_id, item_id, system,
       owner_id, amount, commission, currency, reference, sequence, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING fact_id`,
    [
      factId,
      kind,
      message.bookingId,
      // The first releases named the hold by its authorization's reference, and nowhere else.
      message.authorizationId ?? (kind === 'authorized' ? message.reference : null),
      message.propertyId,
      message.itemId,
      message.system,
      message.ownerId ?? null,
      minor(kind === 'voided' ? (message.voidedAmount ?? 0) : message.amount),
      minor(message.commission ?? 0),
      currency,
      message.reference,
      message.sequence,
      message.timestamp,
    ],
  );
  return entered.length > 0;
}
