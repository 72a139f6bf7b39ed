import type { Places } from '../domain/item';
import type { QuoteItems } from '../domain/rates/quote';
import type { RelaySession } from './relay-session';

/** One row of the outbox with what it stands for: a fact of a booking or of an item, or a group's publication. */
export type OutboxRow = BookingRow | ItemRow | PublicationRow;

interface QueueColumns {
  readonly id: string;
  readonly lane: number;
  readonly fact_id: string;
  /** Seconds between the commit and this reading, by the clock of Postgres. */
  readonly waited: number;
}

/** A fact of a booking. Dates are text: never shifted by a zone. */
export interface BookingRow extends QueueColumns {
  readonly booking_id: string;
  /** Null where the row's fact or booking is missing, which no writer of ours brings about. */
  readonly fact: FactColumns | null;
  readonly booking: BookingColumns | null;
  /** What the booking was agreed to be at the time of the fact, where that was changed since; else null. */
  readonly former?: unknown;
  /** Who travels, joined here so that the log never holds it; null where only money or nights are told. */
  readonly guest?: { readonly name: string | null; readonly email: string | null } | null;
  /** What the traveler said of the journey; null where nothing was, or where the state did not change. */
  readonly details: Record<string, unknown> | null;
  /** What the price is made of; null where no quote was kept, or where the fact tells nothing of the price. */
  readonly quote?: QuoteItems | null;
  /** Of the invoice that was issued with the fact; null for most. */
  readonly invoice_number?: string | null;
  /** Of the items whose nights the fact may tell of; null where it tells of none. */
  readonly places?: Readonly<Record<string, Places>> | null;
}

/** A fact about an item, with no booking behind it. */
export interface ItemRow extends QueueColumns {
  readonly booking_id: null;
  readonly item_id: string;
  /** Null where the row's fact or item is missing, which no writer of ours brings about. */
  readonly item_fact: ItemFactColumns | null;
  readonly item: ItemColumns | null;
}

/** A message that a consumer group wrote, to be sent as it stands. */
export interface PublicationRow extends QueueColumns {
  readonly booking_id: null;
  readonly item_id: null;
  /** Topic and key. */
  readonly publication: string;
  /** Null where it is missing, which no writer of ours brings about. */
  readonly published: PublicationColumns | null;
}

/** What a row is about: rows of the same thing are told in order, and wait for each other. */
export function subjectOf(row: OutboxRow): string {
  if (row.booking_id !== null) return row.booking_id;
  return row.item_id ?? row.publication;
}

export interface FactColumns {
  readonly sequence: number;
  readonly type: string;
  readonly from_state: string;
  readonly state: string;
  readonly undo: string;
  readonly actor: string;
  readonly reason_code: string | null;
  readonly reason: string | null;
  readonly details: Record<string, unknown>;
  readonly attempts: number;
  readonly at: string;
}

export interface BookingColumns {
  readonly system: string;
  readonly item_id: string;
  readonly item_kind: string;
  readonly item_name: string;
  readonly owner_id: string;
  readonly traveler_id: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly guests: number;
  readonly quantity: number;
  readonly price_amount: number;
  readonly currency: string;
  readonly confirmation_number?: string | null;
  readonly rate_plan?: string;
}

export interface ItemFactColumns {
  readonly version: number;
  readonly type: string;
  readonly actor_id: string;
  readonly details: Record<string, unknown>;
  readonly at: string;
}

export interface PublicationColumns {
  readonly publisher: string;
  /** A topic's word in domain/topics.ts. */
  readonly topic: string;
  readonly key: string;
  /** JSON, as it was written. */
  readonly message: string;
  readonly at: string;
}

export interface ItemColumns {
  readonly system: string;
  readonly kind: string;
  readonly name: string;
  readonly owner_id: string;
  readonly places?: Places;
}

/**
 * The oldest rows of these lanes that may be sent, in order. Rows behind a refused one of the same booking, item, or
 * topic and key of a publication wait.
 *
 * Always from the start, without a cursor: ids are given out before the commit, so a row can appear behind a higher
 * one that was already sent. Each lane is read by itself, since one `lane = ANY(…) ORDER BY id LIMIT` sorts
 * the whole backlog for every batch.
 */
export function readBatch(
  session: RelaySession,
  lanes: readonly number[],
  limit: number,
): Promise<OutboxRow[]> {
  return session.query<OutboxRow>(
    `SELECT o.id::text, o.lane, o.fact_id, o.booking_id, o.item_id, o.publication,
            extract(epoch FROM clock_timestamp() - o.created_at)::float8 AS waited,
            CASE WHEN e.fact_id IS NOT NULL THEN json_build_object(
              'sequence', e.sequence, 'type', e.type, 'from_state', e.from_state, 'state', e.state, 'undo', e.undo,
              'actor', e.actor, 'reason_code', e.reason_code, 'reason', e.reason, 'details', e.details,
              'attempts', e.attempts,
              'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END AS fact,
            CASE WHEN b.id IS NOT NULL THEN json_build_object(
              'system', b.system, 'item_id', b.item_id, 'item_kind', b.item_kind, 'item_name', b.item_name, 'owner_id', b.owner_id,
              'traveler_id', b.traveler_id, 'start_date', b.start_date, 'end_date', b.end_date, 'guests', b.guests,
              'quantity', b.quantity, 'price_amount', b.price_amount, 'currency', b.currency,
              'confirmation_number', b.confirmation_number, 'rate_plan', b.rate_plan) END AS booking,
            former.agreement AS former,
            CASE WHEN e.type IN ('booking.confirmed', 'booking.modified') THEN (
              SELECT q.items FROM booking.quotes q WHERE q.id = CASE WHEN former.agreement IS NULL THEN b.quote_id
                ELSE former.agreement->'rate'->>'quoteId' END) END AS quote,
            CASE WHEN e.type = 'booking.confirmed' THEN (
              SELECT v.number FROM booking.invoices v WHERE v.fact_id = e.fact_id AND v.kind = 'invoice') END AS invoice_number,
            CASE WHEN e.type IN ('inventory.blocked', 'inventory.released', 'booking.modified', 'undo.completed') THEN (
              SELECT json_object_agg(s.id, json_build_object(
                'capacity', s.capacity, 'overbooking', s.overbooking, 'itemVersion', s.version))
              FROM booking.items s
              WHERE s.id IN (b.item_id, former.agreement->>'itemId', e.details->'from'->>'itemId')) END AS places,
            CASE WHEN e.from_state <> e.state OR e.type = 'booking.modified'
              THEN json_build_object('name', p.name, 'email', p.email) END AS guest,
            CASE WHEN e.from_state <> e.state THEN d.details END AS details,
            CASE WHEN f.fact_id IS NOT NULL THEN json_build_object(
              'version', f.version, 'type', f.type, 'actor_id', f.actor_id, 'details', f.details,
              'at', to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END AS item_fact,
            CASE WHEN i.id IS NOT NULL THEN json_build_object(
              'system', i.system, 'kind', i.kind, 'name', i.name, 'owner_id', i.owner_id,
              'places', json_build_object(
                'capacity', i.capacity, 'overbooking', i.overbooking, 'itemVersion', i.version)) END AS item,
            CASE WHEN u.fact_id IS NOT NULL THEN json_build_object(
              'publisher', u.publisher, 'topic', u.topic, 'key', u.key, 'message', u.message::text,
              'at', to_char(u.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END AS published
     FROM (
       SELECT of_lane.* FROM unnest($1::integer[]) AS held (lane)
       CROSS JOIN LATERAL (
         SELECT * FROM booking.outbox rows
         WHERE rows.lane = held.lane AND rows.refused_at IS NULL AND NOT EXISTS (
           SELECT FROM booking.outbox refused
           WHERE refused.booking_id = rows.booking_id AND refused.refused_at IS NOT NULL AND refused.id < rows.id
         ) AND NOT EXISTS (
           SELECT FROM booking.outbox refused
           WHERE refused.item_id = rows.item_id AND refused.refused_at IS NOT NULL AND refused.id < rows.id
         ) AND NOT EXISTS (
           SELECT FROM booking.outbox refused
           WHERE refused.publication = rows.publication AND refused.refused_at IS NOT NULL AND refused.id < rows.id
         )
         ORDER BY rows.id LIMIT $2
       ) of_lane
       ORDER BY of_lane.id LIMIT $2
     ) o
     LEFT JOIN booking.booking_events e ON e.fact_id = o.fact_id
     LEFT JOIN booking.bookings b ON b.id = o.booking_id
     -- A fact that waited here while its booking was changed is told as things stood then: the first change after it
     -- says what it replaced.
     LEFT JOIN LATERAL (
       SELECT c.details->'from' AS agreement FROM booking.booking_events c
       WHERE c.booking_id = o.booking_id AND c.type = 'booking.modified' AND c.sequence > e.sequence
       ORDER BY c.sequence LIMIT 1
     ) former ON true
     LEFT JOIN booking.people p ON p.id = b.traveler_id
     LEFT JOIN booking.booking_details d ON d.booking_id = o.booking_id
     LEFT JOIN booking.item_events f ON f.fact_id = o.fact_id AND o.item_id IS NOT NULL
     LEFT JOIN booking.items i ON i.id = o.item_id
     LEFT JOIN booking.publications u ON u.fact_id = o.fact_id AND o.publication IS NOT NULL
     ORDER BY o.id`,
    [lanes, limit],
  );
}

export async function deleteRows(session: RelaySession, ids: readonly string[]): Promise<void> {
  await session.query('DELETE FROM booking.outbox WHERE id = ANY($1::bigint[])', [ids]);
}

/**
 * Sets a row aside. It and the later rows of its booking, item or publication wait until someone clears it:
 * `UPDATE booking.outbox SET refused_at = NULL, refusal = NULL WHERE booking_id = '…'` (or `item_id`, `publication`).
 */
export async function refuseRow(session: RelaySession, id: string, refusal: string): Promise<void> {
  await session.query('UPDATE booking.outbox SET refused_at = now(), refusal = $2 WHERE id = $1', [
    id,
    refusal,
  ]);
}

export interface OutboxDepth {
  readonly rows: number;
  readonly refused: number;
  /** Of the oldest row that is not refused; 0 where there is none. */
  readonly oldestSeconds: number;
}

export async function measureOutbox(session: RelaySession): Promise<OutboxDepth> {
  const [depth] = await session.query<{ rows: number; refused: number; oldest: number }>(
    `SELECT (SELECT count(*) FROM booking.outbox)::integer AS rows,
            (SELECT count(*) FROM booking.outbox WHERE refused_at IS NOT NULL)::integer AS refused,
            COALESCE((SELECT extract(epoch FROM clock_timestamp() - created_at) FROM booking.outbox
                      WHERE refused_at IS NULL ORDER BY id LIMIT 1), 0)::float8 AS oldest`,
  );
  return { rows: depth?.rows ?? 0, refused: depth?.refused ?? 0, oldestSeconds: depth?.oldest ?? 0 };
}
