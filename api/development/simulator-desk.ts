import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { Money } from '../../domain/money';
import type { Config } from '../../platform/config';

/** A payment or a card of the simulator's, as far as somebody at its desk has to know. */
export interface Payment {
  readonly bookingId: string;
  readonly status: string;
  /** Absent where a card is being saved. */
  readonly amount?: Money;
}

export interface Dispute {
  readonly disputeId: string;
  readonly bookingId: string;
  readonly amount: Money;
  readonly status: 'open' | 'won' | 'lost';
}

/**
 * What the people around the simulated provider do: a cardholder confirms, a bank disputes, somebody refunds in the
 * provider's own dashboard. It writes the provider's books, and nothing of the product's.
 */
export interface SimulatorDesk {
  /** @param reference of a payment or a card */
  find(reference: string): Promise<Payment | undefined>;
  /** The cardholder's word, where it is still waited for; answers how the payment stands after it. */
  confirm(reference: string, approve: boolean): Promise<Payment | undefined>;
  /** Undefined where nothing was captured. One payment is disputed once. */
  dispute(authorizationId: string): Promise<Dispute | undefined>;
  decide(disputeId: string, status: 'won' | 'lost'): Promise<Dispute | undefined>;
  /** Undefined where there is not so much left to give back. */
  refund(
    authorizationId: string,
    amount: number,
  ): Promise<{ refundId: string; payment: Payment } | undefined>;
  close(): Promise<void>;
}

/** Whether anybody may sit down at the desk: never in production, where nobody may confirm for somebody else. */
export function hasSimulator({ NODE_ENV, PAYMENT_PROVIDER }: Pick<Config, 'NODE_ENV' | 'PAYMENT_PROVIDER'>) {
  return NODE_ENV !== 'production' && PAYMENT_PROVIDER === 'simulator';
}

interface Row {
  booking_id: string;
  status: string;
  amount: number | null;
  currency: string | null;
}

const AUTHORIZATION = `SELECT booking_id, status, amount, currency FROM payment_simulator.authorizations
  WHERE authorization_id = $1`;
const CARD = `SELECT booking_id, status, NULL::int AS amount, NULL AS currency FROM payment_simulator.cards
  WHERE card_reference = $1`;

export function simulatorDesk(
  config: Pick<Config, 'DATABASE_URL' | 'PAYMENT_SIMULATOR_DATABASE_URL'>,
): SimulatorDesk {
  const books = new Pool({
    connectionString: config.PAYMENT_SIMULATOR_DATABASE_URL ?? config.DATABASE_URL,
    application_name: 'payment simulator desk',
    max: 2,
    connectionTimeoutMillis: 2_000,
  });
  books.on('error', () => undefined); // a lost connection is replaced by the next use

  const find = async (reference: string): Promise<Payment | undefined> => {
    const { rows } = await books.query<Row>(`${AUTHORIZATION} UNION ALL ${CARD}`, [reference]);
    return rows[0] && paymentOf(rows[0]);
  };
  const findDispute = async (disputeId: string): Promise<Dispute | undefined> => {
    const { rows } = await books.query<{
      dispute_id: string;
      booking_id: string;
      amount: number;
      currency: string;
      status: Dispute['status'];
    }>(
      `SELECT d.dispute_id, a.booking_id, d.amount, a.currency, d.status
       FROM payment_simulator.disputes d JOIN payment_simulator.authorizations a USING (authorization_id)
       WHERE d.dispute_id = $1`,
      [disputeId],
    );
    const [row] = rows;
    if (!row) return undefined;
    const { dispute_id, booking_id, amount, currency, status } = row;
    return { disputeId: dispute_id, bookingId: booking_id, amount: { amount, currency }, status };
  };

  return {
    find,
    async confirm(reference, approve) {
      const refused = [reference, approve];
      await books.query(
        `UPDATE payment_simulator.authorizations SET status = CASE WHEN $2 THEN 'held' ELSE 'declined' END,
           decline_code = CASE WHEN $2 THEN NULL ELSE 'authentication_failed' END
         WHERE authorization_id = $1 AND status = 'requires_action'`,
        refused,
      );
      await books.query(
        `UPDATE payment_simulator.cards SET status = CASE WHEN $2 THEN 'saved' ELSE 'declined' END
         WHERE card_reference = $1 AND status = 'requires_action'`,
        refused,
      );
      return await find(reference);
    },
    async dispute(authorizationId) {
      const disputeId = `dispute_${authorizationId}`;
      await books.query(
        `INSERT INTO payment_simulator.disputes (dispute_id, authorization_id, amount, status)
         SELECT $1, authorization_id, captured - refunded, 'open' FROM payment_simulator.authorizations
         WHERE authorization_id = $2 AND captured > refunded ON CONFLICT (dispute_id) DO NOTHING`,
        [disputeId, authorizationId],
      );
      return await findDispute(disputeId);
    },
    async decide(disputeId, status) {
      await books.query(
        `UPDATE payment_simulator.disputes SET status = $2 WHERE dispute_id = $1 AND status = 'open'`,
        [disputeId, status],
      );
      return await findDispute(disputeId);
    },
    async refund(authorizationId, amount) {
      const refundId = `refund_${randomUUID()}`;
      const { rows } = await books.query<Row>(
        `WITH booked AS (
           UPDATE payment_simulator.authorizations SET refunded = refunded + $3
           WHERE authorization_id = $2 AND captured - refunded >= $3
           RETURNING authorization_id, booking_id, status, currency
         ), noted AS (
           INSERT INTO payment_simulator.refunds (key, authorization_id, amount)
           SELECT $1, authorization_id, $3 FROM booked
         )
         SELECT booking_id, status, $3::int AS amount, currency FROM booked`,
        [refundId, authorizationId, amount],
      );
      return rows[0] && { refundId, payment: paymentOf(rows[0]) };
    },
    close: () => books.end(),
  };
}

function paymentOf({ booking_id, status, amount, currency }: Row): Payment {
  return {
    bookingId: booking_id,
    status,
    ...(amount !== null && currency !== null && { amount: { amount, currency } }),
  };
}
