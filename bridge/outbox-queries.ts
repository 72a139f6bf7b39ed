import type { Places } from '../domain/item';
import type { QuoteItems } from '../domain/rates/quote';
import type { RelaySession } from './relay-session';
import { TOLD_COLUMNS, TOLD_JOINS } from './told-columns';

/** One row of the outbox with what it stands for: a fact of a booking or of an item, or a group's publication. */
export type OutboxRow = FactRow | PublicationRow;
/** A row that stands for a line of the event log. */
export type FactRow = BookingRow | ItemRow;

interface QueueColumns {
  readonly id: string;
  readonly lane: number;
  readonly fact_id: string;
  /** The one topic to tell it on, where it is told again; else null. */
  readonly only_topic?: string | null;
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
    `SELECT o.id::text, o.lane, o.fact_id, o.booking_id, o.item_id, o.publication, o.only_topic,
            extract(epoch FROM clock_timestamp() - o.created_at)::float8 AS waited,
            ${TOLD_COLUMNS}
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
     ${TOLD_JOINS}
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
