import type { Transaction } from '../../platform/database/transactions';
import type { Span } from '../view/taken-nights';

/** A night of which more is confirmed than there is. */
export interface Overbooked {
  readonly itemId: string;
  readonly night: string;
  readonly confirmed: number;
  readonly capacity: number;
  /** How many above the capacity its owner allows. */
  readonly allowed: number;
}

/**
 * Opens and closes overbookings of these nights. None is opened of nights that are past everywhere: a capacity that was
 * lowered since says nothing of them.
 * @param at when the fact happened that touched them, ISO 8601 UTC
 * @returns those that were not open before
 */
export async function checkNights(
  { query }: Transaction,
  spans: readonly Span[],
  at: string,
): Promise<Overbooked[]> {
  const values = [
    spans.map(({ itemId }) => itemId),
    spans.map(({ start }) => start),
    spans.map(({ end }) => end),
    at,
  ];
  await query(
    `UPDATE availability_calculator.overbookings o SET closed_at = $4
     FROM unnest($1::text[], $2::date[], $3::date[]) AS s (item_id, first, past)
     WHERE o.closed_at IS NULL AND o.item_id = s.item_id AND o.night >= s.first AND o.night < s.past
       AND NOT EXISTS (SELECT FROM availability_calculator.calendar c
         WHERE c.item_id = o.item_id AND c.night = o.night AND c.confirmed > c.capacity)`,
    values,
  );
  const open = await query<Overbooked & { opened: boolean }>(
    `INSERT INTO availability_calculator.overbookings AS o (item_id, night, confirmed, capacity, allowed, opened_at)
     SELECT DISTINCT c.item_id, c.night, c.confirmed, c.capacity, c.overbooking, $4::timestamptz
     FROM unnest($1::text[], $2::date[], $3::date[]) AS s (item_id, first, past)
     JOIN availability_calculator.calendar c
       ON c.item_id = s.item_id AND c.night >= s.first AND c.night < s.past AND c.confirmed > c.capacity
     WHERE c.night >= ($4::timestamptz AT TIME ZONE 'UTC')::date - 1
     ON CONFLICT (item_id, night) WHERE closed_at IS NULL DO UPDATE SET
       confirmed = greatest(o.confirmed, EXCLUDED.confirmed), capacity = EXCLUDED.capacity, allowed = EXCLUDED.allowed
     RETURNING o.item_id AS "itemId", o.night::text AS night, o.confirmed, o.capacity, o.allowed,
               old.id IS NULL AS opened`,
    values,
  );
  return open.filter(({ opened }) => opened).map(({ opened: _, ...one }) => one);
}
