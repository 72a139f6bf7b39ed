import { z } from 'zod';
import type { ItemKind } from '../../domain/item';
import { SYSTEMS } from '../../domain/item';
import { Problem } from '../../domain/problems';
import { TRAVEL_TYPES, travelTypeOf } from '../../domain/travel-type';
import { identifier } from '../bookings/fields';
import { pageOfBookings, pageQuery } from '../bookings/list';
import { bookingExample, bookingSchema } from '../bookings/schemas';
import { type BookingRow, bookingView } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';

const historyEntrySchema = bookingSchema
  .extend({
    bookingId: z.string(),
    userId: z.string(),
    type: z.enum(TRAVEL_TYPES),
    itemId: z.string(),
    quantity: z.int(),
    totalAmountPaid: z.number(),
  })
  .meta({ id: 'BookingHistoryEntry' });

type HistoryEntry = z.output<typeof historyEntrySchema>;

const entryExample: HistoryEntry = {
  ...bookingExample,
  bookingId: bookingExample.id,
  userId: bookingExample.travelerId,
  type: 'hotel',
  itemId: bookingExample.propertyId,
  quantity: 1,
  totalAmountPaid: bookingExample.totalPrice,
};

/** What a user has booked, of whichever system. */
export function userRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/users/:id/bookings',
      tag: 'travel',
      summary: "A user's booking history, newest first",
      description:
        'For that user and administrators. `status` of each booking is the word of its own system. `source` says ' +
        'what the history was read from: `event-log` is what the sagas themselves write.',
      roles: ['traveler', 'admin'],
      params: z.object({ id: identifier.meta({ example: 'traveler-1' }) }),
      query: pageQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({
            source: z.enum(['event-log']),
            userId: z.string(),
            bookings: z.array(historyEntrySchema),
            nextCursor: z.string().nullable(),
          }),
          example: {
            source: 'event-log',
            userId: 'traveler-1',
            bookings: [entryExample],
            nextCursor: null,
          },
        },
      },
      problems: ['invalid-request', 'not-found'],
      handle: async ({ caller, params: { id }, query }) => {
        if (caller.role !== 'admin' && caller.id !== id) {
          throw new Problem('not-found', `There is no user ${id} here.`);
        }
        // Each row is committed with its line of the log, so it is where the log has come to.
        const { rows, nextCursor } = await pageOfBookings(deps.database, { travelerId: id }, SYSTEMS, query);
        return {
          status: 200,
          body: { source: 'event-log', userId: id, bookings: rows.map(historyEntry), nextCursor },
        };
      },
    }),
  ];
}

function historyEntry(row: BookingRow): HistoryEntry {
  const view = bookingView(row);
  return {
    ...view,
    bookingId: row.id,
    userId: row.travelerId,
    type: travelTypeOf(row.itemKind as ItemKind),
    itemId: row.itemId,
    quantity: row.quantity,
    totalAmountPaid: view.totalPrice,
  };
}
