import { z } from 'zod';
import type { ItemKind } from '../../domain/item';
import { Problem } from '../../domain/problems';
import { TRAVEL_TYPES, travelTypeOf } from '../../domain/travel-type';
import { identifier } from '../bookings/fields';
import { pageQuery } from '../bookings/list';
import { bookingExample, bookingSchema } from '../bookings/schemas';
import { type BookingRow, bookingView } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { HISTORY_SOURCES, historyOf } from '../users/history';

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
        'where this page stands: `view` where the listener of the topic `bookings` has all of it; `event-log` where ' +
        'it has not, because Kafka is away, the view is behind, or the topic does not tell of one of the bookings. ' +
        'Then it is what the sagas themselves wrote.',
      roles: ['traveler', 'admin'],
      params: z.object({ id: identifier.meta({ example: 'traveler-1' }) }),
      query: pageQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({
            source: z.enum(HISTORY_SOURCES),
            userId: z.string(),
            bookings: z.array(historyEntrySchema),
            nextCursor: z.string().nullable(),
          }),
          example: {
            source: 'view',
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
        const { source, rows, nextCursor } = await historyOf(deps, id, query);
        return { status: 200, body: { source, userId: id, bookings: rows.map(historyEntry), nextCursor } };
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
