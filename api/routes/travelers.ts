import { z } from 'zod';
import { cancelAs } from '../bookings/actions';
import { createStay } from '../bookings/create-stay';
import { calendarDate, guestCount, identifier, totalPrice } from '../bookings/fields';
import { listBookings, pageQuery } from '../bookings/list';
import { bookingExample, bookingSchema } from '../bookings/schemas';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { quoteIdField, ratePlanName } from '../rates/fields';
import { actionRoute } from './action-route';
import { CREATE_PROBLEMS, createdHeaders, reasonBody, reasonExample } from './shared';
import { successData, successPage } from './spelling';

const spelling = successData('stays: travelers');
const CREATED = 'Booking created successfully';

const createBody = z.object({
  property_id: identifier.meta({ example: 'PROP-001' }),
  check_in_date: calendarDate,
  check_out_date: calendarDate,
  guests: guestCount.default(1),
  total_price: totalPrice.optional(),
  rate_plan: ratePlanName,
  quote_id: quoteIdField,
});
const names = {
  ...{ start: 'check_in_date', end: 'check_out_date', guests: 'guests', total: 'total_price' },
  ...{ ratePlan: 'rate_plan', quoteId: 'quote_id' },
};

/** The same for the front end that speaks of travelers, in its own spelling. */
export function travelersRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/travelers/bookings',
      tag: spelling.tag,
      summary: 'Ask for a booking',
      description: 'As `POST /api/bookings`.',
      roles: ['traveler'],
      body: createBody,
      bodyExample: {
        property_id: 'PROP-001',
        check_in_date: '2026-12-01',
        check_out_date: '2026-12-04',
        guests: 2,
        total_price: 900,
      },
      answers: {
        201: {
          description: CREATED,
          schema: spelling.one(bookingSchema),
          example: spelling.answer(CREATED, bookingExample),
          headers: createdHeaders,
        },
      },
      problems: CREATE_PROBLEMS,
      handle: ({ caller, body, sentBody, idempotencyKey }) =>
        createStay(
          deps,
          {
            caller,
            route: 'POST /api/travelers/bookings',
            idempotencyKey,
            sentBody,
            wish: {
              itemId: body.property_id,
              stay: { start: body.check_in_date, end: body.check_out_date },
              guests: body.guests,
              totalPrice: body.total_price,
              ratePlan: body.rate_plan,
              quoteId: body.quote_id,
              names,
            },
          },
          (booking) => spelling.answer(CREATED, booking),
        ),
    }),
    route({
      method: 'get',
      path: '/api/travelers/bookings',
      tag: spelling.tag,
      summary: 'Own bookings, newest first',
      roles: ['traveler'],
      query: pageQuery,
      answers: {
        200: {
          description: 'One page',
          schema: successPage,
          example: { success: true, data: [bookingExample], nextCursor: null },
        },
      },
      problems: ['invalid-request'],
      handle: async ({ caller, query }) => {
        const { bookings, nextCursor } = await listBookings(
          deps.database,
          { travelerId: caller.id },
          ['stays'],
          query,
        );
        return { status: 200, body: { success: true, data: bookings, nextCursor } };
      },
    }),
    actionRoute(deps, spelling, {
      path: '/api/travelers/bookings/:id/cancel',
      summary: 'Cancel a booking as its traveler',
      description: 'As `PUT /api/bookings/{id}/cancel`.',
      body: reasonBody,
      bodyExample: reasonExample,
      message: 'Booking cancelled successfully',
      action: ({ reason }) => cancelAs('traveler', reason),
    }),
  ];
}
