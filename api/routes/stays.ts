import { z } from 'zod';
import { accept, cancelAs, providePayment } from '../bookings/actions';
import { createStay } from '../bookings/create-stay';
import { calendarDate, guestCount, identifier, paymentToken, totalPrice } from '../bookings/fields';
import { listBookings, pageQuery } from '../bookings/list';
import { bookingExample, bookingSchema } from '../bookings/schemas';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { quoteIdField, ratePlanName } from '../rates/fields';
import { actionRoute } from './action-route';
import { CREATE_PROBLEMS, createdHeaders, reasonBody, reasonExample } from './shared';
import { plain } from './spelling';

const spelling = plain('stays');

const createBody = z.object({
  propertyId: identifier.meta({ example: 'PROP-001' }),
  ownerId: identifier.optional().meta({ description: "Sent, it must be the property's owner." }),
  startDate: calendarDate,
  endDate: calendarDate,
  totalPrice: totalPrice.optional(),
  guests: guestCount.default(1),
  ratePlan: ratePlanName,
  quoteId: quoteIdField,
  paymentToken: paymentToken.optional(),
});
const names = {
  ...{ start: 'startDate', end: 'endDate', guests: 'guests', total: 'totalPrice' },
  ...{ ratePlan: 'ratePlan', quoteId: 'quoteId' },
};

/** The stays front end's own routes. */
export function staysRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/bookings',
      tag: spelling.tag,
      summary: 'Ask for a booking',
      description:
        'Opens PENDING; the owner decides. Without a paymentToken the stored payment method is used. Without an ' +
        'Idempotency-Key the same traveler, property and dates find the booking opened within the last minute.',
      roles: ['traveler'],
      body: createBody,
      bodyExample: {
        propertyId: 'PROP-001',
        ownerId: 'owner-1',
        startDate: '2026-12-01',
        endDate: '2026-12-04',
        totalPrice: 900,
        guests: 2,
      },
      answers: {
        201: {
          description: 'Booking created',
          schema: spelling.one(bookingSchema),
          example: spelling.answer('Booking created', bookingExample),
          headers: createdHeaders,
        },
      },
      problems: CREATE_PROBLEMS,
      handle: ({ caller, body, sentBody, idempotencyKey }) => {
        const { propertyId: itemId, startDate: start, endDate: end, ...rest } = body;
        return createStay(
          deps,
          {
            caller,
            route: 'POST /api/bookings',
            idempotencyKey,
            sentBody,
            wish: { itemId, stay: { start, end }, names, ...rest },
          },
          (booking) => spelling.answer('Booking created', booking),
        );
      },
    }),
    route({
      method: 'get',
      path: '/api/bookings',
      tag: spelling.tag,
      summary: 'Own bookings, newest first',
      roles: ['traveler'],
      query: pageQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ bookings: z.array(bookingSchema), nextCursor: z.string().nullable() }),
          example: { bookings: [bookingExample], nextCursor: null },
        },
      },
      problems: ['invalid-request'],
      handle: async ({ caller, query }) => ({
        status: 200,
        body: await listBookings(deps.database, { travelerId: caller.id }, ['stays'], query),
      }),
    }),
    actionRoute(deps, spelling, {
      path: '/api/bookings/:id/accept',
      summary: 'Accept a request',
      description: 'By the owner of the item, while the booking is PENDING.',
      body: reasonBody,
      message: 'Booking accepted',
      action: ({ reason }) => accept(reason),
    }),
    actionRoute(deps, spelling, {
      path: '/api/bookings/:id/cancel',
      summary: 'Cancel a booking as its traveler',
      description: 'Up to check-in. What was done for it is undone after the answer; see `undo`.',
      body: reasonBody,
      bodyExample: reasonExample,
      message: 'Booking cancelled',
      action: ({ reason }) => cancelAs('traveler', reason),
    }),
    actionRoute(deps, spelling, {
      path: '/api/bookings/:id/payment',
      summary: 'Give another payment method, or the first one',
      description: 'After a decline, within the grace period; or before the payment deadline.',
      body: z.object({ paymentToken }),
      bodyExample: { paymentToken: 'tok_approved' },
      message: 'Payment method received',
      action: (body) => providePayment(body.paymentToken),
    }),
  ];
}
