import { z } from 'zod';
import { visibleBooking } from '../bookings/access';
import { bookingExample, bookingWithPriceSchema, timelineEntrySchema } from '../bookings/schemas';
import { bookingView, timelineEntry } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { evenPriceExample } from '../rates/examples';
import { pricingDetailsOf } from '../rates/pricing-details';
import { EVERYBODY, idParams } from './shared';

const TAG = 'bookings';

/** Reading one booking: for its traveler, the owner of its item, and administrators. */
export function bookingRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/bookings/:id',
      tag: TAG,
      summary: 'One booking',
      roles: EVERYBODY,
      params: idParams,
      answers: {
        200: {
          description: 'The booking',
          schema: z.object({ booking: bookingWithPriceSchema }),
          example: { booking: { ...bookingExample, pricingDetails: evenPriceExample } },
        },
      },
      problems: ['not-found'],
      handle: async ({ caller, params }) => {
        const booking = await visibleBooking(deps.database, params.id, caller);
        const pricingDetails = await pricingDetailsOf(deps.database, booking);
        return { status: 200, body: { booking: { ...bookingView(booking), pricingDetails } } };
      },
    }),
    route({
      method: 'get',
      path: '/api/bookings/:id/timeline',
      tag: TAG,
      summary: 'All that happened to a booking, in order',
      description: 'Every transition and every undo, with its attempts.',
      roles: EVERYBODY,
      params: idParams,
      answers: {
        200: {
          description: 'The timeline',
          schema: z.object({ bookingId: z.string(), timeline: z.array(timelineEntrySchema) }),
          example: {
            bookingId: bookingExample.id,
            timeline: [
              {
                sequence: 1,
                type: 'booking.opened',
                fromState: 'NONE',
                state: 'PENDING',
                undo: 'none',
                actor: 'TRAVELER',
                reason: null,
                reasonCode: null,
                details: {},
                attempts: 1,
                at: bookingExample.createdAt,
              },
            ],
          },
        },
      },
      problems: ['not-found'],
      handle: async ({ caller, params }) => {
        const booking = await visibleBooking(deps.database, params.id, caller);
        const facts = await deps.database.bookingFactRow.findMany({
          where: { bookingId: booking.id },
          orderBy: { sequence: 'asc' },
        });
        return { status: 200, body: { bookingId: booking.id, timeline: facts.map(timelineEntry) } };
      },
    }),
  ];
}
