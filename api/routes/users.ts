import { z } from 'zod';
import type { ItemKind } from '../../domain/item';
import { Problem } from '../../domain/problems';
import { TRAVEL_TYPES, travelTypeOf } from '../../domain/travel-type';
import { identifier } from '../bookings/fields';
import { pageQuery } from '../bookings/list';
import { bookingExample, bookingSchema } from '../bookings/schemas';
import { bookingView } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { HISTORY_SOURCES, type HistoryBooking, historyOf } from '../users/history';

const historyEntrySchema = bookingSchema
  .extend({
    bookingId: z.string(),
    userId: z.string(),
    type: z.enum(TRAVEL_TYPES),
    itemId: z.string(),
    quantity: z.int(),
    totalAmountPaid: z.number(),
    source: z.enum(HISTORY_SOURCES).meta({
      description:
        'Where status, dates, quantity and amount come from: `view`, what the topic `bookings` told; `event-log`, ' +
        'what the saga wrote, because the view has not got there or the topic does not tell it.',
    }),
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
  source: 'event-log',
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
        'For that user and administrators. A booking appears once it is made, and then follows its status, in the words ' +
        'of its own system. What is shown is what the topic `bookings` told. Where the listener of that topic has not ' +
        'got there yet, or Kafka is away, the event log fills in; so it does for bookings that are not told there, ' +
        'which are those of the other systems unless TOPIC_DIALECTS names travel. `source` of each booking says ' +
        'which. `source` of the page is `event-log` only where the view is behind with a booking that is told there.',
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
        const { source, bookings, nextCursor } = await historyOf(deps, id, query);
        return {
          status: 200,
          body: { source, userId: id, bookings: bookings.map(historyEntry), nextCursor },
        };
      },
    }),
  ];
}

function historyEntry({ row, status, source }: HistoryBooking): HistoryEntry {
  const view = bookingView(row);
  return {
    ...view,
    status,
    source,
    bookingId: row.id,
    userId: row.travelerId,
    type: travelTypeOf(row.itemKind as ItemKind),
    itemId: row.itemId,
    quantity: row.quantity,
    totalAmountPaid: view.totalPrice,
  };
}
