import type { Database } from '../../platform/database/client';
import { FACT_COLUMNS, type LoggedFact } from './event';
import { badLastEventId, type EventLog, PAGE } from './event-log';
import { cursorText, type OwnerCursor, parseCursor } from './owner-cursor';

/**
 * The log of all bookings of an owner's items, from now on, or from an id on.
 *
 * No number of a fact could be its cursor: numbers are given out before the commit, so one could appear behind a higher
 * one that was already sent. A cursor is what the database showed at some instant, and what follows is all that it did
 * not show then. See docs/decisions/0018-live-streams.md.
 *
 * @throws {Problem} `invalid-request` for an id that is none of this stream's
 */
export async function ownerLog(
  database: Database,
  ownerId: string,
  lastEventId: string | undefined,
): Promise<EventLog> {
  let cursor = await begin(database, lastEventId);
  return {
    get bookmark() {
      return cursorText(cursor);
    },
    async read() {
      const { seen, upTo, sent } = cursor;
      const rows = await factsBetween(database, ownerId, { seen, upTo, sent });
      const shown = rows[0]?.shown ?? seen;
      const facts = rows.filter((row): row is Row & LoggedFact => row.bookingId !== null);
      const page = facts.slice(0, PAGE);
      const whole = facts.length <= PAGE;
      const cursors = page.map((_, index): OwnerCursor => {
        const isLast = whole && index === page.length - 1;
        return isLast ? { seen: shown, sent: 0 } : { seen, upTo: shown, sent: sent + index + 1 };
      });
      cursor = whole ? { seen: shown, sent: 0 } : (cursors.at(-1) ?? cursor);
      return {
        entries: page.map((fact, index) => ({ id: cursorText(cursors[index] ?? cursor), fact })),
        whole,
      };
    },
  };
}

/** Every row says up to which snapshot was read, also the one that stands for no fact at all. */
type Row = { readonly shown: string } & (LoggedFact | { readonly bookingId: null });

/**
 * The facts that `upTo`, or else the database now, shows and `seen` did not. Within a booking by sequence, across
 * bookings about as they were committed; the same order whenever it is asked for. A transaction id from the future
 * comes from another server's dump: it is left out until this server gets there.
 */
function factsBetween(database: Database, ownerId: string, { seen, upTo, sent }: OwnerCursor) {
  return database.$queryRaw<Row[]>`
    SELECT s.shown::text AS shown, f.*
    FROM (SELECT COALESCE(${upTo ?? null}::text::pg_snapshot, pg_current_snapshot()) AS shown,
                 ${seen}::text::pg_snapshot AS seen) s
    LEFT JOIN LATERAL (
      SELECT ${FACT_COLUMNS},
        max(e.transaction_id::text::bigint) OVER (PARTITION BY e.booking_id ORDER BY e.sequence) AS place
      FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id
      WHERE e.owner_id = ${ownerId}
        AND e.transaction_id >= pg_snapshot_xmin(s.seen) AND e.transaction_id < pg_snapshot_xmax(s.shown)
        AND NOT pg_visible_in_snapshot(e.transaction_id, s.seen)
        AND pg_visible_in_snapshot(e.transaction_id, s.shown)
      ORDER BY place, "bookingId", sequence
      OFFSET ${sent} LIMIT ${PAGE + 1}
    ) f ON true
    ORDER BY f.place, f."bookingId", f.sequence`;
}

async function begin(database: Database, lastEventId: string | undefined): Promise<OwnerCursor> {
  const cursor = lastEventId === undefined ? undefined : parseCursor(lastEventId);
  if (lastEventId !== undefined && !cursor) throw badLastEventId('is not an id of this stream');
  const latest = cursor && (cursor.upTo ?? cursor.seen);
  const [row] = await database.$queryRaw<{ shown: string; known: boolean | null }[]>`
    SELECT pg_current_snapshot()::text AS shown,
           pg_snapshot_xmax(${latest ?? null}::text::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AS known`;
  // An id of a server that this database was moved away from.
  if (row?.known === false) throw badLastEventId('is ahead of the log');
  return cursor ?? { seen: row?.shown ?? '', sent: 0 };
}
