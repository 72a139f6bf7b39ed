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
      const { seen } = cursor;
      const rows = await factsAfter(database, ownerId, cursor);
      const shown = rows[0]?.shown ?? seen;
      const facts = rows.filter((row): row is Row & PlacedFact => row.bookingId !== null);
      const page = facts.slice(0, PAGE);
      const whole = facts.length <= PAGE;
      const entries = page.map(({ place, ...fact }, index) => {
        const { bookingId, sequence } = fact;
        const isLast = whole && index === page.length - 1;
        const within = { upTo: shown, last: { place, bookingId, sequence } };
        cursor = isLast ? { seen: shown } : { seen, within };
        return { id: cursorText(cursor), fact };
      });
      if (whole) cursor = { seen: shown };
      return { entries, whole };
    },
  };
}

interface PlacedFact extends LoggedFact {
  readonly place: string;
}

/** Every row says up to which snapshot was read, also the one that stands for no fact at all. */
type Row = { readonly shown: string } & (PlacedFact | { readonly bookingId: null });

/**
 * The next facts that `upTo`, or else the database now, shows and `seen` did not. Within a booking by sequence, across
 * bookings about as they were committed; the same order whenever it is asked for. It is the index's own, so a page costs
 * as much in a set of a million as in one of a hundred. A transaction id from the future comes from another server's
 * dump: it is left out until this server gets there.
 */
function factsAfter(database: Database, ownerId: string, { seen, within }: OwnerCursor) {
  const { place, bookingId = '', sequence = 0 } = within?.last ?? {};
  return database.$queryRaw<Row[]>`
    SELECT s.shown::text AS shown, f.*
    FROM (SELECT COALESCE(${within?.upTo ?? null}::text::pg_snapshot, pg_current_snapshot()) AS shown,
                 ${seen}::text::pg_snapshot AS seen) s
    LEFT JOIN LATERAL (
      SELECT ${FACT_COLUMNS}, e.place::text AS place
      FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id
      WHERE e.owner_id = ${ownerId}
        AND (e.place, e.booking_id, e.sequence)
          > (COALESCE(${place ?? null}::text::xid8, pg_snapshot_xmin(s.seen)), ${bookingId}, ${sequence})
        AND e.transaction_id < pg_snapshot_xmax(s.shown)
        AND NOT pg_visible_in_snapshot(e.transaction_id, s.seen)
        AND pg_visible_in_snapshot(e.transaction_id, s.shown)
      ORDER BY e.place, e.booking_id, e.sequence
      LIMIT ${PAGE + 1}
    ) f ON true
    ORDER BY f.place::xid8, f."bookingId", f.sequence`;
}

async function begin(database: Database, lastEventId: string | undefined): Promise<OwnerCursor> {
  const cursor = lastEventId === undefined ? undefined : parseCursor(lastEventId);
  if (lastEventId !== undefined && !cursor) throw badLastEventId('is not an id of this stream');
  const latest = cursor && (cursor.within?.upTo ?? cursor.seen);
  const [row] = await database.$queryRaw<{ shown: string; known: boolean | null }[]>`
    SELECT pg_current_snapshot()::text AS shown,
           pg_snapshot_xmax(${latest ?? null}::text::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AS known`;
  // An id of a server that this database was moved away from.
  if (row?.known === false) throw badLastEventId('is ahead of the log');
  return cursor ?? { seen: row?.shown ?? '' };
}
