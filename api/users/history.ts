import type { BookingState } from '../../domain/booking-state';
import { SYSTEMS, type System } from '../../domain/item';
import { fromDecimal } from '../../domain/money';
import { statusWord } from '../../domain/system-status';
import type { Config } from '../../platform/config';
import type { BookingHistoryRow } from '../../prisma/generated/client';
import { type PageQuery, pageOfBookings } from '../bookings/list';
import type { BookingRow } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { changedSinceTold } from './changed-since-told';

/**
 * Where something was read. `view`: what the topic `bookings` told, as the topic's listener keeps it. `event-log`: what
 * the sagas themselves wrote.
 */
export const HISTORY_SOURCES = ['view', 'event-log'] as const;
export type HistorySource = (typeof HISTORY_SOURCES)[number];

/** A booking of the history, with the dates, the quantity, the price and the word of its source. */
export interface HistoryBooking {
  readonly source: HistorySource;
  readonly row: BookingRow;
  /** The word of the booking's own system. */
  readonly status: string;
}

export interface HistoryPage {
  /** `event-log` where the view lacks, or is behind with, a booking that the topic tells of. */
  readonly source: HistorySource;
  readonly bookings: readonly HistoryBooking[];
  readonly nextCursor: string | null;
}

/**
 * One page of what a user has booked, newest first. Which bookings there are, and in which order, is the sagas' to say:
 * a booking is there as soon as it is made. What is shown of one is the view's, where that has all that was told of it.
 */
export async function historyOf(
  { database, config }: Pick<ApiDeps, 'database' | 'config'>,
  userId: string,
  query: PageQuery,
): Promise<HistoryPage> {
  // Each row is committed with its line of the log, so it is where the log has come to.
  const { rows, nextCursor } = await pageOfBookings(database, { travelerId: userId }, SYSTEMS, query);
  if (config.KAFKA_BROKERS.length === 0) {
    return { source: 'event-log', bookings: rows.map(ofLog), nextCursor };
  }
  const mirrored = rows.filter((row) => isMirrored(row, config));
  const kept = await database.bookingHistoryRow.findMany({
    where: { bookingId: { in: mirrored.map(({ id }) => id) } },
  });
  const views = new Map(kept.map((view) => [view.bookingId, view]));
  const isCurrent = (row: BookingRow) =>
    views.get(row.id)?.status === statusWord(TOLD_AS, row.state as BookingState);
  const changed = await changedSinceTold(database, mirrored, views);
  return {
    source: mirrored.every(isCurrent) ? 'view' : 'event-log',
    bookings: rows.map((row) => {
      const view = views.get(row.id);
      return view && isCurrent(row) && !changed.has(row.id) ? ofView(row, view) : ofLog(row);
    }),
    nextCursor,
  };
}

/** The system whose words the topic `bookings` speaks. */
const TOLD_AS: System = 'travel';

function isMirrored({ system }: BookingRow, { TOPIC_DIALECTS }: Config): boolean {
  return system === TOLD_AS || TOPIC_DIALECTS.includes(TOLD_AS);
}

function ofLog(row: BookingRow): HistoryBooking {
  return { source: 'event-log', row, status: statusWord(row.system as System, row.state as BookingState) };
}

function ofView(row: BookingRow, view: BookingHistoryRow): HistoryBooking {
  const { startDate, endDate, quantity, totalAmountPaid } = view;
  const told = {
    ...row,
    startDate: startDate ?? row.startDate,
    endDate: endDate ?? row.endDate,
    quantity,
    priceAmount: fromDecimal(totalAmountPaid.toNumber(), row.currency).amount,
  };
  // For a booking of another system's the topic has no word of its own.
  return { ...ofLog(told), source: 'view', ...(row.system === TOLD_AS && { status: view.status }) };
}
