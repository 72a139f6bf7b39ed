import { ENDED_STATES } from '../../domain/booking-state';
import type { BookingId, ItemId, TravelerId } from '../../domain/ids';
import type { ProblemCode } from '../../domain/problems';
import type { Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import type { Prisma } from '../../prisma/generated/client';

/** A request unanswered for this long counts as abandoned, seconds; longer than any request may take. */
export const ABANDONED_AFTER_S = 30;
/** How long a key is kept, hours. */
const KEPT_HOURS = 24;
/** How long a request without a key finds the booking it has already opened, seconds. */
const SAME_REQUEST_S = 60;
/** Under which all spellings of a create without a key meet; no route's own. */
const SAME_REQUEST_ROUTE = 'create without key';

/** One use of a key: whose, for which route, and with what request. */
export interface KeyUse {
  readonly caller: string;
  readonly route: string;
  readonly key: string;
  readonly hash: string;
}

/**
 * What came of a request: an answer as it went out, byte for byte, or the problem it met. Problems are told anew each
 * time, so that their requestId is that of the request they answer.
 */
export type StoredAnswer =
  | { readonly kind: 'answer'; readonly text: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly kind: 'problem';
      readonly code: ProblemCode;
      readonly detail: string;
      readonly members: Readonly<Record<string, unknown>>;
    };

/**
 * What to do with a request.
 * - `drive`: work on it, under this booking id; `again` where an earlier attempt may have got somewhere
 * - `replay`: it was answered
 */
export type Claim =
  | { readonly kind: 'drive'; readonly rowId: bigint; readonly bookingId: BookingId; readonly again: boolean }
  | { readonly kind: 'replay'; readonly status: number; readonly answer: StoredAnswer }
  | { readonly kind: 'other-request' }
  | { readonly kind: 'in-flight' };

interface Row {
  id: bigint;
  booking_id: string;
  fresh: boolean;
}

/** Claims a key the caller has sent. One statement decides; a second one reads why it did not get the row. */
export async function claimKey(database: Database, use: KeyUse, bookingId: BookingId): Promise<Claim> {
  const claimed = await database.$queryRaw<Row[]>`
    INSERT INTO booking.idempotency_keys AS k (caller, route, key, body_hash, booking_id)
    VALUES (${use.caller}, ${use.route}, ${use.key}, ${use.hash}, ${bookingId})
    ON CONFLICT (caller, route, key) DO UPDATE SET
      driven_at = now(),
      created_at = CASE WHEN k.created_at < now() - make_interval(hours => ${KEPT_HOURS}) THEN now() ELSE k.created_at END,
      body_hash = EXCLUDED.body_hash,
      booking_id = CASE WHEN k.created_at < now() - make_interval(hours => ${KEPT_HOURS}) THEN EXCLUDED.booking_id ELSE k.booking_id END,
      status = NULL, answer = NULL
    WHERE k.created_at < now() - make_interval(hours => ${KEPT_HOURS})
      OR (k.status IS NULL AND k.body_hash = EXCLUDED.body_hash
          AND k.driven_at < now() - make_interval(secs => ${ABANDONED_AFTER_S}))
    RETURNING id, booking_id, (xmax = 0) AS fresh`;
  const [row] = claimed;
  if (row) return drive(row);
  const kept = await database.idempotencyKey.findUnique({
    where: { caller_route_key: { caller: use.caller, route: use.route, key: use.key } },
  });
  if (kept && kept.bodyHash !== use.hash) return { kind: 'other-request' };
  if (kept?.status != null) {
    return { kind: 'replay', status: kept.status, answer: kept.answer as unknown as StoredAnswer };
  }
  return { kind: 'in-flight' };
}

/** What makes two creates without a key the same request. */
export interface SameRequest {
  readonly travelerId: TravelerId;
  readonly itemId: ItemId;
  readonly stay: Stay;
  readonly quantity: number;
}

/**
 * Claims the booking that a create without a key stands for: the same traveler, item, dates and quantity find the booking that
 * was opened less than a minute ago and has not ended. Twins sent at once drive the same booking, which is safe, so
 * neither waits. One that was never answered keeps its booking, however old.
 */
export async function claimSameRequest(
  database: Database,
  { travelerId, itemId, stay, quantity }: SameRequest,
  bookingId: BookingId,
): Promise<Claim & { kind: 'drive' }> {
  const ended: string[] = [...ENDED_STATES];
  const key = `${stay.start}/${stay.end}/${quantity}/${itemId}`;
  const [row] = await database.$queryRaw<Row[]>`
    INSERT INTO booking.idempotency_keys AS k (caller, route, key, body_hash, booking_id)
    VALUES (${travelerId}, ${SAME_REQUEST_ROUTE}, ${key}, '', COALESCE(
      (SELECT id FROM booking.bookings
       WHERE traveler_id = ${travelerId} AND created_at > now() - make_interval(secs => ${SAME_REQUEST_S})
         AND item_id = ${itemId} AND start_date = ${stay.start}::date AND end_date = ${stay.end}::date
         AND quantity = ${quantity}
         AND state <> ALL (${ended})
       ORDER BY created_at DESC LIMIT 1), ${bookingId}))
    ON CONFLICT (caller, route, key) DO UPDATE SET
      driven_at = now(),
      (booking_id, created_at, status) = (
        SELECT CASE WHEN over THEN EXCLUDED.booking_id ELSE k.booking_id END,
               CASE WHEN over THEN now() ELSE k.created_at END,
               CASE WHEN over THEN NULL ELSE k.status END
        FROM (SELECT (k.status IS NOT NULL AND k.created_at < now() - make_interval(secs => ${SAME_REQUEST_S}))
                     OR EXISTS (SELECT FROM booking.bookings b
                                WHERE b.id = k.booking_id AND b.state = ANY (${ended})) AS over) AS earlier)
    RETURNING id, booking_id, (booking_id = ${bookingId}) AS fresh`;
  if (!row) throw new Error('an upsert that returns nothing');
  return drive(row);
}

function drive(row: Row): Claim & { kind: 'drive' } {
  return { kind: 'drive', rowId: row.id, bookingId: row.booking_id as BookingId, again: !row.fresh };
}

/** Keeps the answer for repeats. */
export async function storeAnswer(
  database: Database,
  rowId: bigint,
  status: number,
  answer?: StoredAnswer,
): Promise<void> {
  await database.idempotencyKey.update({
    where: { id: rowId },
    data: { status, ...(answer && { answer: answer as unknown as Prisma.InputJsonObject }) },
  });
}

/** Lets the next repeat go on at once: this one ended without an answer worth keeping. */
export async function letGo(database: Database, rowId: bigint): Promise<void> {
  await database.idempotencyKey.update({ where: { id: rowId }, data: { drivenAt: new Date(0) } });
}

/** Forgets a request that came to nothing, so that a repeat is judged anew. */
export async function forget(database: Database, rowId: bigint): Promise<void> {
  await database.idempotencyKey.deleteMany({ where: { id: rowId } });
}

/** Deletes what is kept no longer. */
export async function purgeKeys(database: Database): Promise<number> {
  return database.$executeRaw`
    DELETE FROM booking.idempotency_keys WHERE created_at < now() - make_interval(hours => ${KEPT_HOURS})`;
}
