import { Client } from 'pg';
import { formatMoney, type Money } from '../../domain/money';
import type { Config } from '../../platform/config';

/** What the simulated provider still holds for a booking, from its own books. */
export async function moneyHeld(config: Config, bookingId: string): Promise<string> {
  const client = new Client({
    connectionString: config.PAYMENT_SIMULATOR_DATABASE_URL ?? config.DATABASE_URL,
  });
  await client.connect();
  try {
    const { rows } = await client.query<Money>(
      `SELECT sum(amount)::int AS amount, currency FROM payment_simulator.authorizations
       WHERE booking_id = $1 AND status = 'held' GROUP BY currency`,
      [bookingId],
    );
    return rows.map(formatMoney).join(', ') || 'nothing';
  } finally {
    await client.end();
  }
}
