import type { Transaction } from '../../platform/database/transactions';
import type { BookedNights, OwnersNights } from '../view/property-topics';
import { spanOf } from '../view/taken-nights';

/**
 * Takes down how many there are of an item, unless a later version of the item has told it already.
 * @returns whether that is another number than was known
 */
export async function learnPlaces(
  { query }: Transaction,
  message: BookedNights | OwnersNights,
): Promise<boolean> {
  const { itemId, propertyId, system, capacity, overbooking, itemVersion } = message;
  const [row] = await query<{ changed: boolean }>(
    `INSERT INTO availability_calculator.items AS i
       (item_id, property_id, system, capacity, overbooking, item_version) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (item_id) DO UPDATE SET
       capacity = EXCLUDED.capacity, overbooking = EXCLUDED.overbooking, item_version = EXCLUDED.item_version
     WHERE COALESCE(i.item_version, 0) < EXCLUDED.item_version
     RETURNING (old.capacity, old.overbooking) IS DISTINCT FROM (new.capacity, new.overbooking) AS changed`,
    [itemId, propertyId, system, capacity ?? null, overbooking ?? null, itemVersion ?? null],
  );
  return row?.changed ?? false;
}

/**
 * Closes or opens nights as their owner did. Known items only: {@link learnPlaces} comes first.
 * @returns false where a later change of the item was taken already
 */
export async function closeOrOpen({ query }: Transaction, message: OwnersNights): Promise<boolean> {
  const { itemId, start, end } = spanOf(message);
  const newer = await query(
    `UPDATE availability_calculator.items SET closed_version = $2 WHERE item_id = $1 AND closed_version < $2
     RETURNING item_id`,
    [itemId, message.sequence],
  );
  if (newer.length === 0) return false;
  await query(
    message.change === 'closed'
      ? `INSERT INTO availability_calculator.closed_nights (item_id, night)
         SELECT $1, n::date FROM generate_series($2::date, $3::date - 1, interval '1 day') n ON CONFLICT DO NOTHING`
      : `DELETE FROM availability_calculator.closed_nights WHERE item_id = $1 AND night >= $2 AND night < $3`,
    [itemId, start, end],
  );
  return true;
}
