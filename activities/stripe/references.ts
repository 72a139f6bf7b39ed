import type { Database } from '../../platform/database/client';

/**
 * What Stripe calls the things that we call by our keys. Kept on our side because Stripe prunes idempotency keys once
 * they are 24 hours old (docs.stripe.com/api/idempotent_requests), and an undo may ask after days. Stripe's search
 * would find them by metadata too, but it lags behind by a minute or more and is not for reading after writing.
 */
export interface StripeReferences {
  /** The object that stands for this key. */
  find(key: string): Promise<string | undefined>;
  /** Writes it down; answers the one that was written first, should two attempts have raced. */
  keep(key: string, bookingId: string, reference: string): Promise<string>;
  /** Notes that its cardholder has been asked to confirm: what Stripe tells of it afterwards is news. */
  noteAsked(key: string): Promise<void>;
  customerOf(travelerId: string): Promise<string | undefined>;
  /** Like `keep`. */
  keepCustomer(travelerId: string, customerId: string): Promise<string>;
  payoutAccountOf(ownerId: string): Promise<string | undefined>;
}

export function referencesIn(database: Database): StripeReferences {
  return {
    async find(key) {
      const row = await database.providerReference.findUnique({ where: { key } });
      return row?.reference;
    },
    async keep(key, bookingId, reference) {
      const rows = await database.$queryRaw<{ reference: string }[]>`
        INSERT INTO booking.provider_references AS r (key, booking_id, reference)
        VALUES (${key}, ${bookingId}, ${reference})
        ON CONFLICT (key) DO UPDATE SET key = r.key RETURNING reference`;
      return rows[0]?.reference ?? reference;
    },
    async noteAsked(key) {
      await database.$executeRaw`
        UPDATE booking.provider_references SET asked_cardholder_at = now()
        WHERE key = ${key} AND asked_cardholder_at IS NULL`;
    },
    async customerOf(travelerId) {
      const row = await database.providerCustomer.findUnique({ where: { travelerId } });
      return row?.customerId;
    },
    async keepCustomer(travelerId, customerId) {
      const rows = await database.$queryRaw<{ customer_id: string }[]>`
        INSERT INTO booking.provider_customers AS c (traveler_id, customer_id)
        VALUES (${travelerId}, ${customerId})
        ON CONFLICT (traveler_id) DO UPDATE SET customer_id = c.customer_id RETURNING customer_id`;
      return rows[0]?.customer_id ?? customerId;
    },
    async payoutAccountOf(ownerId) {
      const row = await database.payoutAccount.findUnique({ where: { ownerId } });
      return row?.accountId;
    },
  };
}
