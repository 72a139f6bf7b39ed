import { z } from 'zod';
import type { Database } from '../../platform/database/client';
import type { BookingHistoryRow } from '../../prisma/generated/client';
import type { BookingRow } from '../bookings/view';

const sequencesByTopic = z.record(z.string(), z.number());

/**
 * Bookings whose dates or price were changed after the view last heard of them: the topic `bookings` has no message for
 * that, so the view shows them as they were made. Only reservations of hotels can be changed.
 */
export async function changedSinceTold(
  database: Pick<Database, 'bookingFactRow'>,
  rows: readonly BookingRow[],
  views: ReadonlyMap<string, BookingHistoryRow>,
): Promise<ReadonlySet<string>> {
  const reservations = rows.filter(({ id, system }) => system === 'hotel' && views.has(id));
  if (reservations.length === 0) return new Set();
  const changes = await database.bookingFactRow.findMany({
    where: { bookingId: { in: reservations.map(({ id }) => id) }, type: 'booking.modified' },
    select: { bookingId: true, sequence: true },
  });
  const since = changes.filter(({ bookingId, sequence }) => {
    const seen = sequencesByTopic.parse(views.get(bookingId)?.seen ?? {});
    return sequence > Math.max(0, ...Object.values(seen));
  });
  return new Set(since.map(({ bookingId }) => bookingId));
}
