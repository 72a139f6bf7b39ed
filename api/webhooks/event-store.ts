import type { BookingId } from '../../domain/ids';
import type { ProviderEvent, ProviderEventKind, ProviderTidings } from '../../domain/provider-event';
import type { Database } from '../../platform/database/client';

/** An event as it came in, read. */
export interface ReceivedEvent {
  readonly id: string;
  readonly provider: 'stripe' | 'simulator';
  /** The provider's own word. */
  readonly type: string;
  readonly objectId: string;
  readonly authorizationId?: string;
  /** As the object is marked; where it is not, the booking is known by the authorization. */
  readonly bookingId?: string;
  readonly tidings?: ProviderTidings;
}

/** Whether an event was new, and whether it is to be handed to somebody. */
export type Stored = 'handed-on' | 'ignored' | 'known';

/**
 * Stores an event once by its id. It concerns nobody here if it tells nothing we act on, if its booking is none of
 * ours, or if it is the echo of a payment whose cardholder was never asked: the saga has that answer already.
 */
export async function storeEvent(database: Database, event: ReceivedEvent): Promise<Stored> {
  const { id, provider, type, objectId, authorizationId = null, bookingId = null, tidings } = event;
  const kind = tidings?.kind ?? null;
  const isEcho = kind === 'action-completed' || kind === 'action-failed';
  const rows = await database.$queryRaw<{ kind: string | null }[]>`
    WITH known AS (
      SELECT booking_id, asked_cardholder_at FROM booking.provider_references
      WHERE reference = ${authorizationId ?? objectId}
    ), about AS (
      SELECT b.id FROM booking.bookings b
      WHERE b.id = COALESCE((SELECT booking_id FROM known), ${bookingId}::text)
    )
    INSERT INTO booking.provider_events
      (id, provider, type, kind, object_id, authorization_id, booking_id, details)
    SELECT ${id}, ${provider}, ${type},
      CASE WHEN NOT EXISTS (SELECT FROM about) THEN NULL
        WHEN ${isEcho} AND EXISTS (SELECT FROM known WHERE asked_cardholder_at IS NULL) THEN NULL
        ELSE ${kind}::text END,
      ${objectId}, ${authorizationId}, (SELECT id FROM about), ${JSON.stringify(tidings ?? {})}::jsonb
    ON CONFLICT (id) DO NOTHING RETURNING kind`;
  const [row] = rows;
  if (!row) return 'known';
  return row.kind === null ? 'ignored' : 'handed-on';
}

/** A stored event that still has to be handed on. */
export type WaitingEvent = ProviderEvent;

/** The events of these kinds that were not handed on yet, in the order of their receipt. */
export async function waitingEvents(
  database: Database,
  kinds: readonly ProviderEventKind[],
  limit: number,
): Promise<WaitingEvent[]> {
  const rows = await database.$queryRaw<{ id: string; booking_id: BookingId; details: ProviderTidings }[]>`
    SELECT id, booking_id, details FROM booking.provider_events
    WHERE kind = ANY(${[...kinds]}) AND handed_at IS NULL ORDER BY receipt LIMIT ${limit}`;
  // What is in `details` was written by storeEvent.
  return rows.map(({ id, booking_id, details }) => ({ id, bookingId: booking_id, ...details }));
}

/** @param to `nobody`: there was no workflow any more that it could concern */
export async function markHanded(database: Database, id: string, to: 'workflow' | 'nobody'): Promise<void> {
  await database.$executeRaw`
    UPDATE booking.provider_events SET handed_at = now(), handed_to = ${to} WHERE id = ${id}`;
}
