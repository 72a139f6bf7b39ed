import { z } from 'zod';
import { itemIdOf } from '../../domain/hotel';
import { visibleBooking } from '../bookings/access';
import { cancelAs, checkIn, checkOut } from '../bookings/actions';
import { createOnce } from '../bookings/create-once';
import { quantityOf, stayRequest } from '../bookings/stay-request';
import { timelineEntry } from '../bookings/view';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { guestName, reservationBody } from '../reservations/fields';
import { cancellationQuote } from '../reservations/quote';
import { quoteSchema, reservationExample, reservationWithTimelineSchema } from '../reservations/schemas';
import { readReservation, reservationView } from '../reservations/view';
import {
  oneReservation,
  RESERVATION,
  RESERVATIONS,
  reservationAction,
  reservationParams,
  TAG,
} from './reservation-action';
import { CREATE_PROBLEMS, EVERYBODY, reasonBody, reasonExample } from './shared';

const CREATED = 'Reservation created successfully';

const names = {
  start: 'stayDetails.checkIn',
  end: 'stayDetails.checkOut',
  guests: 'stayDetails.guests',
  total: 'totalPrice',
  ratePlan: 'ratePlan',
  quoteId: 'quoteId',
  quantity: 'stayDetails.rooms',
};

const found = (data: z.ZodType) => z.object({ success: z.literal(true), data });

/** The hotel front end's routes for a reservation. */
export function reservationRoutes(deps: ApiDeps): Route[] {
  return [
    createRoute(deps),
    readRoute(deps),
    quoteRoute(deps),
    reservationAction(deps, {
      method: 'delete',
      path: RESERVATION,
      summary: 'Cancel a reservation, as its guest or as the owner',
      description:
        "Up to check-in. A guest's cancel of a confirmed reservation costs what the policy says, the owner's " +
        'nothing; `cancellation` says what was kept and what goes back. Money and nights move after the answer.',
      body: reasonBody,
      bodyExample: reasonExample,
      message: 'Reservation cancelled successfully',
      action: ({ reason }) => cancelAs(['traveler', 'owner'], reason),
    }),
    reservationAction(deps, {
      method: 'post',
      path: `${RESERVATION}/checkin`,
      summary: 'Check the guest in',
      description:
        'By the owner, from the first minute of the first day until the guest counts as a no-show.',
      body: z.object({}),
      message: 'Guest checked in successfully',
      action: checkIn,
    }),
    reservationAction(deps, {
      method: 'post',
      path: `${RESERVATION}/checkout`,
      summary: 'Check the guest out',
      description: 'By the owner. Where nobody does, the clock does at check-out time.',
      body: z.object({}),
      message: 'Guest checked out successfully',
      action: checkOut,
    }),
  ];
}

function createRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: RESERVATIONS,
    tag: TAG,
    summary: 'Reserve a room',
    description:
      'Answers as soon as the reservation is open; it is confirmed at once or after approval, see `state`. ' +
      'Without a paymentToken the stored payment method is used. Without an Idempotency-Key the same guest, room ' +
      'and dates find the reservation opened within the last minute.',
    roles: ['traveler'],
    body: reservationBody,
    bodyExample: {
      propertyId: 'HOTEL-001',
      roomType: 'STD',
      guestDetails: { name: 'Ann Lee', email: 'ann@example.com' },
      stayDetails: { checkIn: '2026-12-01', checkOut: '2026-12-04', guests: 2 },
      ratePlan: 'STANDARD',
      paymentToken: 'tok_approved',
    },
    answers: {
      201: {
        description: CREATED,
        schema: oneReservation,
        example: { success: true, message: CREATED, data: reservationExample },
        headers: { Location: 'Address of the reservation.' },
      },
    },
    problems: CREATE_PROBLEMS,
    handle: ({ caller, body, sentBody, idempotencyKey }) => {
      const { stayDetails, guestDetails } = body;
      const itemId = itemIdOf(body.propertyId, body.roomType);
      const stay = { start: stayDetails.checkIn, end: stayDetails.checkOut };
      const wish = {
        ...{ itemId, stay, names },
        system: 'hotel' as const,
        guests: stayDetails.guests ?? stayDetails.numberOfGuests ?? 1,
        quantity: stayDetails.rooms ?? stayDetails.quantity,
        guest: { name: guestName(body), email: guestDetails.email },
        totalPrice: body.totalPrice,
        ratePlan: body.ratePlan,
        quoteId: body.quoteId,
        paymentToken: body.paymentToken,
      };
      return createOnce(
        deps,
        {
          ...{ caller, route: `POST ${RESERVATIONS}`, idempotencyKey, sentBody },
          same: { itemId, stay, quantity: quantityOf(wish) },
          makeRequest: (bookingId) => stayRequest(deps, caller, wish, bookingId),
        },
        async ({ id }) => {
          const data = reservationView(await readReservation(deps.database, id));
          return {
            status: 201,
            headers: { Location: `${RESERVATIONS}/${data.confirmationNumber}` },
            body: { success: true, message: CREATED, data },
          };
        },
      );
    },
  });
}

function readRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: RESERVATION,
    tag: TAG,
    summary: 'A reservation: status, timeline, payment, cancellation terms',
    description: 'For its guest, its owner and administrators.',
    roles: EVERYBODY,
    params: reservationParams,
    answers: {
      200: {
        description: 'The reservation',
        schema: found(reservationWithTimelineSchema),
        example: { success: true, data: { ...reservationExample, timeline: [] } },
      },
    },
    problems: ['not-found'],
    handle: async ({ caller, params: { confirmationNumber } }) => {
      const { id } = await visibleBooking(deps.database, confirmationNumber, caller);
      const rows = await readReservation(deps.database, id);
      const data = { ...reservationView(rows), timeline: rows.facts.map(timelineEntry) };
      return { status: 200, body: { success: true, data } };
    },
  });
}

function quoteRoute(deps: ApiDeps): Route {
  const { confirmationNumber } = reservationExample;
  return route({
    method: 'get',
    path: `${RESERVATION}/cancellation-quote`,
    tag: TAG,
    summary: 'What a cancel would cost now',
    description:
      'The guest by the policy, the owner nothing; an administrator sees what the guest would pay.',
    roles: EVERYBODY,
    params: reservationParams,
    answers: {
      200: {
        description: 'The quote',
        schema: found(quoteSchema),
        example: {
          success: true,
          data: {
            confirmationNumber,
            asOf: '2026-11-30T10:00:00.000Z',
            fee: 180,
            refund: 180,
            currency: 'USD',
          },
        },
      },
    },
    problems: ['not-found', 'illegal-transition'],
    handle: async ({ caller, params }) => {
      const booking = await visibleBooking(deps.database, params.confirmationNumber, caller);
      return { status: 200, body: { success: true, data: cancellationQuote(booking, caller, deps.now()) } };
    },
  });
}
