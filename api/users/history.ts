import type { BookingState } from '../../domain/booking-state';
import { SYSTEMS, type System } from '../../domain/item';
import { statusWord } from '../../domain/system-status';
import { type PageQuery, pageOfBookings } from '../bookings/list';
import type { BookingRow } from '../bookings/view';
import type { ApiDeps } from '../deps';

/**
 * What a history was read from. `view`: the topic's listener has all of it. `event-log`: it has not, because Kafka is
 * away, the view is behind, or the topic does not tell of a booking; so it is what the sagas themselves wrote.
 */
export const HISTORY_SOURCES = ['view', 'event-log'] as const;
export type HistorySource = (typeof HISTORY_SOURCES)[number];

export interface HistoryPage {
  readonly source: HistorySource;
  readonly rows: readonly BookingRow[];
  readonly nextCursor: string | null;
}

/** One page of what a user has booked, newest first, with the word that the user's view has for each booking. */
export async function historyOf(
  { database, config }: Pick<ApiDeps, 'database' | 'config'>,
  userId: string,
  query: PageQuery,
): Promise<HistoryPage> {
  // Each row is committed with its line of the log, so it is where the log has come to.
  const page = await pageOfBookings(database, { travelerId: userId }, SYSTEMS, query);
  if (config.KAFKA_BROKERS.length === 0) return { source: 'event-log', ...page };
  const shown = await database.bookingHistoryRow.findMany({
    where: { bookingId: { in: page.rows.map(({ id }) => id) } },
    select: { bookingId: true, status: true },
  });
  const words = new Map(shown.map(({ bookingId, status }) => [bookingId, status]));
  const current = page.rows.every(
    ({ id, state }) => words.get(id) === statusWord(TOLD_AS, state as BookingState),
  );
  return { source: current ? 'view' : 'event-log', ...page };
}

/** The system whose words the topic `bookings` speaks. */
const TOLD_AS: System = 'travel';
