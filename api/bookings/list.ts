import { z } from 'zod';
import { BOOKING_STATES } from '../../domain/booking-state';
import { isBookingId } from '../../domain/ids';
import type { System } from '../../domain/item';
import { statesOfStatus } from '../../domain/system-status';
import type { Database } from '../../platform/database/client';
import type { Prisma } from '../../prisma/generated/client';
import { fieldProblem } from '../http/validate';
import type { BookingView } from './schemas';
import { type BookingRow, bookingView } from './view';

export const pageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(20)
    .meta({ description: 'Bookings on a page.', example: 20 }),
  cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the page before.' }),
  status: z.string().max(40).optional().meta({
    description: "The system's word (ACCEPTED) or the exact state (CONFIRMED).",
    example: 'PENDING',
  }),
});

export type PageQuery = z.output<typeof pageQuery>;

export interface Page {
  readonly bookings: BookingView[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** One page of the bookings of a traveler or an owner, as answers show them. See {@link pageOfBookings}. */
export async function listBookings(...asked: Parameters<typeof pageOfBookings>): Promise<Page> {
  const { rows, nextCursor } = await pageOfBookings(...asked);
  return { bookings: rows.map(bookingView), nextCursor };
}

/**
 * One page of the bookings of a traveler or an owner, newest first.
 * @throws {fieldProblem} `invalid-request` for a cursor or a status that means nothing
 */
export async function pageOfBookings(
  database: Database,
  whose: { readonly travelerId: string } | { readonly ownerId: string },
  systems: readonly System[],
  { limit, cursor, status }: PageQuery,
): Promise<{ rows: BookingRow[]; nextCursor: string | null }> {
  const filters: Prisma.BookingWhereInput[] = [whose, systemsAndStatus(systems, status)];
  if (cursor !== undefined) filters.push(after(cursor));
  const rows = await database.booking.findMany({
    where: { AND: filters },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    // One more than asked for tells whether another page follows.
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    rows: page,
    nextCursor: more ? toCursor(last.createdAt, last.id) : null,
  };
}

function systemsAndStatus(systems: readonly System[], status: string | undefined): Prisma.BookingWhereInput {
  if (status === undefined) return { system: { in: [...systems] } };
  const wanted = systems.map((system) => ({ system, states: statesOfStatus(system, status) }));
  if (wanted.every(({ states }) => states.length === 0)) {
    throw fieldProblem('invalid-request', [
      {
        field: 'status',
        message: `is not a status here; the exact states are ${BOOKING_STATES.join(', ')}`,
      },
    ]);
  }
  return { OR: wanted.map(({ system, states }) => ({ system, state: { in: states } })) };
}

function toCursor(createdAt: Date, id: string): string {
  return Buffer.from(`${createdAt.toISOString()}|${id}`).toString('base64url');
}

function after(cursor: string): Prisma.BookingWhereInput {
  const [time = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const createdAt = new Date(time);
  if (
    // No booking is older than this, and Postgres knows no year 0.
    !time.startsWith('20') ||
    Number.isNaN(createdAt.getTime()) ||
    createdAt.toISOString() !== time ||
    !isBookingId(id) ||
    rest.length
  ) {
    throw fieldProblem('invalid-request', [
      { field: 'cursor', message: 'is not a nextCursor of this list; leave it out to start from the newest' },
    ]);
  }
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}
