import type { Database } from '../../platform/database/client';

/** Those of the owners whose items some of the bookings are of. */
export async function ownersAmong(
  database: Database,
  ownerIds: readonly string[],
  bookingIds: readonly string[],
): Promise<string[]> {
  const rows = await database.booking.findMany({
    where: { id: { in: [...bookingIds] }, ownerId: { in: [...ownerIds] } },
    select: { ownerId: true },
    distinct: ['ownerId'],
  });
  return rows.map(({ ownerId }) => ownerId);
}
