import type { Client } from 'pg';
import { type LoggedFact, readFacts, sqlOn } from '../../bridge/event-log';
import type { sayer } from '../../bridge/say';
import { pause } from '../../platform/waiting';
import { isTold, type Subject } from './plan';

/** While more rows wait than this, nothing is added: what happens just now would be told behind all of it. */
const OUTBOX_AT_MOST = 1_000;
const WAIT_MS = 200;

/**
 * Puts a subject's facts into the outbox again, for one topic alone, from the plan's first one to whatever is the newest
 * by then.
 *
 * Its row is locked before the facts are read and until theirs are committed, as every step locks it before it writes
 * its own: so a step is either before all of them, and among them, or behind all of them. The last message of a booking
 * on the topic is its newest, whatever happens meanwhile.
 * @returns how many
 * @throws {UntellableFact} for a fact that cannot be told; nothing of the subject is told again then
 */
export async function tellAgain(
  database: Client,
  subject: Subject,
  topic: string,
  say: ReturnType<typeof sayer>,
): Promise<number> {
  const { id, kind, first } = subject;
  const sql = sqlOn(database);
  const statements = kind === 'booking' ? OF_BOOKING : OF_ITEM;
  await sql.query('BEGIN');
  try {
    const [locked] = await sql.query<{ lane: number }>(statements.lock, [id]);
    const logged = await sql.query<LoggedFact>(statements.facts, [id, first]);
    const told = (await readFacts(sql, logged)).filter((row) => isTold(row, topic, say));
    await sql.query(
      `INSERT INTO booking.outbox (lane, fact_id, booking_id, item_id, only_topic)
       SELECT $1, fact.id, $3, $4, $5 FROM unnest($2::text[]) WITH ORDINALITY AS fact (id, nth) ORDER BY fact.nth`,
      [
        locked?.lane,
        told.map(({ fact_id }) => fact_id),
        kind === 'booking' ? id : null,
        kind === 'item' ? id : null,
        topic,
      ],
    );
    await sql.query('COMMIT');
    return told.length;
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => undefined); // the session may be gone
    throw error;
  }
}

const OF_BOOKING = {
  lock: 'SELECT lane FROM booking.bookings WHERE id = $1 FOR NO KEY UPDATE',
  facts: `SELECT fact_id, booking_id, NULL AS item_id FROM booking.booking_events
          WHERE booking_id = $1 AND sequence >= $2 ORDER BY sequence`,
};
const OF_ITEM = {
  lock: 'SELECT booking.lane_of_item(system, id) AS lane FROM booking.items WHERE id = $1 FOR NO KEY UPDATE',
  facts: `SELECT fact_id, NULL AS booking_id, item_id FROM booking.item_events
          WHERE item_id = $1 AND version >= $2 ORDER BY version`,
};

/** Resolves once the outbox is short. @param onWait called before each look after the first */
export async function untilOutboxIsShort(database: Client, onWait: (rows: number) => void): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM (SELECT FROM booking.outbox WHERE refused_at IS NULL LIMIT $1) AS unsent`,
      [OUTBOX_AT_MOST],
    );
    const waiting = rows[0]?.waiting ?? 0;
    if (waiting < OUTBOX_AT_MOST) return;
    onWait(waiting);
    await pause(WAIT_MS);
  }
}
