import type { Client } from 'pg';

/**
 * Copies every booking with its log so often that about so many facts are there, and puts the copies' facts into the
 * outbox. What the bridge then reads is what the product wrote, but for its ids.
 * @returns how many rows the outbox got
 */
export async function multiplyIntoOutbox(client: Client, facts: number): Promise<number> {
  const { rows } = await client.query<{ facts: number }>(
    'SELECT count(*)::integer AS facts FROM booking.booking_events',
  );
  const copies = Math.ceil(facts / (rows[0]?.facts ?? Number.NaN));
  if (!Number.isFinite(copies)) throw new Error('There are no bookings to copy.');
  await client.query('BEGIN');
  // The copies' facts must not be booked in the ledger, nor told of by another trigger.
  await client.query('SET LOCAL session_replication_role = replica');
  const copyOf = (row: string, changes: string) =>
    `(jsonb_populate_record(${row}, jsonb_build_object(${changes}))).*`;
  await client.query(
    `INSERT INTO booking.bookings SELECT ${copyOf('b', "'id', b.id || '-' || n")}
     FROM booking.bookings b, generate_series(1, $1) n`,
    [copies],
  );
  const { rowCount } = await client.query(
    `WITH copied AS (
       INSERT INTO booking.booking_events
       SELECT ${copyOf('e', "'fact_id', e.fact_id || '-' || n, 'booking_id', e.booking_id || '-' || n")}
       FROM booking.booking_events e, generate_series(1, $1) n
       RETURNING fact_id, booking_id, sequence
     )
     INSERT INTO booking.outbox (lane, fact_id, booking_id)
     SELECT b.lane, c.fact_id, c.booking_id FROM copied c
     JOIN booking.bookings b ON b.id = regexp_replace(c.booking_id, '-\\d+$', '')
     ORDER BY c.sequence, c.booking_id`,
    [copies],
  );
  await client.query('COMMIT');
  await client.query('ANALYZE');
  return rowCount ?? 0;
}
