import type { Transaction } from '../../platform/database/transactions';

/** The highest sequence that a view has taken of a booking, by topic. */
export type Seen = Readonly<Record<string, number>>;

/**
 * How a message stands to what a view already holds of its booking.
 * - `newest`: take everything
 * - `late`: something newer came on another topic. Take the fields, which that topic may not have told, but not the status
 * - `stale`: something newer came on the same topic. Ignore it
 */
export type Standing = 'newest' | 'late' | 'stale';

/** Order holds within a topic and key; across topics only `sequence` orders. */
export function standingOf(seen: Seen, topic: string, sequence: number): Standing {
  if (sequence < (seen[topic] ?? 0)) return 'stale';
  return sequence < Math.max(0, ...Object.values(seen)) ? 'late' : 'newest';
}

/** A view's table of bookings: `booking_id` its primary key, and a column `seen`. */
export interface ViewTable {
  /** With its schema. A constant of the group's own: it becomes part of the statement. */
  readonly table: `${string}.${string}`;
  readonly topic: string;
  readonly bookingId: string;
  readonly sequence: number;
}

/**
 * Looks how a message stands to the view's row of its booking, and keeps anybody else from changing that row until
 * the transaction ends.
 * @returns what to do with the message, and what to write into `seen` along with it
 */
export async function lookUp(
  transaction: Transaction,
  { table, topic, bookingId, sequence }: ViewTable,
): Promise<{ readonly standing: Standing; readonly seen: Seen }> {
  // Messages of several topics are handled side by side, and a row that is not there yet cannot be locked. In a
  // rebuild, one transaction holds all of the bookings, and the table of locks has room for some thousands.
  if (!transaction.rebuilding) {
    await transaction.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text', [
      `${table} ${bookingId}`,
    ]);
  }
  const [row] = await transaction.query<{ seen: Seen }>(`SELECT seen FROM ${table} WHERE booking_id = $1`, [
    bookingId,
  ]);
  const seen = row?.seen ?? {};
  const standing = standingOf(seen, topic, sequence);
  return { standing, seen: standing === 'stale' ? seen : { ...seen, [topic]: sequence } };
}
