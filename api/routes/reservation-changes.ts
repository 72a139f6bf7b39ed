import { z } from 'zod';
import { visibleBooking } from '../bookings/access';
import { calendarDate, guestCount } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { ratePlanName } from '../rates/fields';
import { change } from '../reservations/change';
import { changeQuote, changeQuoteExample, changeQuoteSchema } from '../reservations/change-quote';
import { type ChangeBody, changeBody, roomType, wishOf } from '../reservations/fields';
import { RESERVATION, reservationAction, reservationParams, TAG } from './reservation-action';
import { EVERYBODY } from './shared';

const names = {
  start: 'stayDetails.checkIn',
  end: 'stayDetails.checkOut',
  guests: 'stayDetails.guests',
  total: 'totalPrice',
  ratePlan: 'ratePlan',
  quoteId: 'quoteId',
  roomType: 'roomType',
};

const queryNames = { ...names, start: 'checkIn', end: 'checkOut', guests: 'guests' };

/** What a change can be refused for beside what every action can. */
const CHANGE_PROBLEMS = [
  'invalid-dates',
  'price-changed',
  'quote-not-valid',
  'not-on-sale',
  'nights-unavailable',
  'payment-declined',
  'too-many-changes',
  'changed-meanwhile',
] as const;

/** Changing a reservation, and what that would cost. */
export function reservationChangeRoutes(deps: ApiDeps): Route[] {
  return [
    reservationAction(deps, {
      method: 'put',
      path: RESERVATION,
      summary: 'Change the dates, guests or room type of a reservation',
      description:
        'By its guest or its owner, while it is confirmed and before check-in. What is left out stays as it is. The ' +
        'whole stay is priced anew, and the difference held or given back; the nights are swapped at once. Where the ' +
        'payment is declined or a night is gone, the reservation is as it was.',
      body: changeBody,
      bodyExample: { stayDetails: { checkIn: '2026-12-02', checkOut: '2026-12-05' }, totalPrice: 360 },
      message: 'Reservation modified successfully',
      problems: CHANGE_PROBLEMS,
      action: (body: ChangeBody) => change(deps, wishOf(body), names),
    }),
    quoteRoute(deps),
  ];
}

function quoteRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: `${RESERVATION}/change-quote`,
    tag: TAG,
    summary: 'What a change would cost now, and whether its nights are free',
    description: 'What is left out stays as it is. Nothing is taken or promised.',
    roles: EVERYBODY,
    params: reservationParams,
    query: z.strictObject({
      checkIn: calendarDate.optional(),
      checkOut: calendarDate.optional(),
      guests: z.coerce.number().pipe(guestCount).optional(),
      roomType: roomType.optional(),
      ratePlan: ratePlanName,
    }),
    answers: {
      200: {
        description: 'The quote',
        schema: z.object({ success: z.literal(true), data: changeQuoteSchema }),
        example: { success: true, data: changeQuoteExample },
      },
    },
    problems: [
      'invalid-request',
      'invalid-dates',
      'not-found',
      'illegal-transition',
      'too-many-changes',
      'not-on-sale',
    ],
    handle: async ({ caller, params, query }) => {
      const booking = await visibleBooking(deps.database, params.confirmationNumber, caller);
      const wish = { ...query, byGuest: caller.role === 'traveler' };
      return {
        status: 200,
        body: { success: true, data: await changeQuote(deps, booking, wish, queryNames) },
      };
    },
  });
}
