import { accept, cancelAs, reject } from '../bookings/actions';
import { listBookings, pageQuery } from '../bookings/list';
import { bookingExample } from '../bookings/schemas';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { actionRoute } from './action-route';
import { reasonBody, reasonExample } from './shared';
import { successData, successPage } from './spelling';

const spelling = successData('stays: owners');

/** What owners do with the requests for their items. */
export function ownersRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/owners/bookings',
      tag: spelling.tag,
      summary: 'Bookings of own items, newest first',
      roles: ['owner'],
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
          { ownerId: caller.id },
          // An owner decides hotel requests here too.
          ['stays', 'hotel'],
          query,
        );
        return { status: 200, body: { success: true, data: bookings, nextCursor } };
      },
    }),
    actionRoute(deps, spelling, {
      path: '/api/owners/bookings/:id/approve',
      summary: 'Accept a request',
      description: 'While the booking is PENDING.',
      body: reasonBody,
      message: 'Booking approved successfully',
      action: ({ reason }) => accept(reason),
    }),
    actionRoute(deps, spelling, {
      path: '/api/owners/bookings/:id/reject',
      summary: 'Decline a request',
      description: 'While the booking is PENDING.',
      body: reasonBody,
      bodyExample: reasonExample,
      message: 'Booking rejected successfully',
      action: ({ reason }) => reject(reason),
    }),
    actionRoute(deps, spelling, {
      path: '/api/owners/bookings/:id/cancel',
      summary: 'Cancel a booking as the owner of the item',
      description: 'Before and after acceptance, up to check-in.',
      body: reasonBody,
      bodyExample: reasonExample,
      message: 'Booking cancelled successfully',
      action: ({ reason }) => cancelAs('owner', reason),
    }),
  ];
}
