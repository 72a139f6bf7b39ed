import { z } from 'zod';
import { knownBill, readableBilling } from '../billing/access';
import { purchaseBody } from '../billing/fields';
import { outcomeOf } from '../billing/outcome';
import { choose, purchaseRequest } from '../billing/purchase-request';
import { billingAfter, findDetails } from '../billing/record';
import { billingExample, billingSchema, billingWithDetailsSchema, pendingExample } from '../billing/schemas';
import { bookingIdOf } from '../bookings/access';
import { act } from '../bookings/act';
import { cancelAs } from '../bookings/actions';
import { createOnce } from '../bookings/create-once';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { ACTION_PROBLEMS, CREATE_PROBLEMS, EVERYBODY, reasonBody, reasonExample } from './shared';

const TAG = 'travel';
const CREATE = '/api/billing';
const CANCEL = '/api/billing/:id/cancel';
const LOCATION = { Location: 'Address of the record.' };

const params = z.object({
  id: z.string().min(1).max(128).meta({ description: "The bill's id.", example: billingExample.id }),
});

/** The travel front end's routes: pay and go. */
export function billingRoutes(deps: ApiDeps): Route[] {
  return [purchaseRoute(deps), readRoute(deps), cancelRoute(deps)];
}

function purchaseRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: CREATE,
    tag: TAG,
    summary: 'Buy a flight, a hotel stay or a car',
    description:
      'Waits for the outcome. What came to nothing is a problem with the record in `billing`, where there is one: ' +
      'declined 402, sold out 409. After ten seconds 202 with the record as it is; a repeat under the same ' +
      'Idempotency-Key looks again. Without a key the same traveler, item, dates and quantity find the purchase ' +
      'opened within the last minute.',
    roles: ['traveler'],
    body: purchaseBody,
    bodyExample: {
      type: 'flight',
      itemId: 'FLIGHT-AA601',
      quantity: 1,
      totalAmountPaid: 299.99,
      paymentMethod: 'tok_approved',
      bookingDetails: { passengers: ['Ann Lee'], seat: '12A' },
    },
    answers: {
      201: { description: 'Bought', schema: billingSchema, example: billingExample, headers: LOCATION },
      202: {
        description: 'Not decided yet',
        schema: billingSchema,
        example: pendingExample,
        headers: LOCATION,
      },
    },
    problems: [...CREATE_PROBLEMS, 'payment-declined', 'illegal-transition'],
    handle: async ({ caller, body, sentBody, idempotencyKey, gone }) => {
      const until = performance.now() + deps.config.BILLING_WAIT_MS;
      const choice = await choose(deps, body);
      return await createOnce(
        deps,
        {
          ...{ caller, route: `POST ${CREATE}`, idempotencyKey, sentBody },
          same: { itemId: choice.item.id, stay: choice.stay, quantity: body.quantity },
          makeRequest: (bookingId) => purchaseRequest(deps, caller, body, choice, bookingId),
        },
        (booking) => outcomeOf(deps, bookingIdOf(booking), { until, gone }),
      );
    },
  });
}

function readRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: '/api/billing/:id',
    tag: TAG,
    summary: 'A bill, its invoice and what was said of the journey',
    roles: EVERYBODY,
    params,
    answers: {
      200: {
        description: 'The record',
        schema: billingWithDetailsSchema,
        example: { ...billingExample, bookingDetails: { passengers: ['Ann Lee'], seat: '12A' } },
      },
    },
    problems: ['not-found'],
    handle: async ({ caller, params: { id } }) => {
      const billing = await readableBilling(deps.database, id, caller);
      const bookingDetails = await findDetails(deps.database, billing.bookingId);
      return { status: 200, body: { ...billing, bookingDetails } };
    },
  });
}

function cancelRoute(deps: ApiDeps): Route {
  return route({
    method: 'put',
    path: CANCEL,
    tag: TAG,
    summary: 'Cancel a purchase as its traveler',
    description:
      'Up to check-in. What was paid is given back, and the places with it, after the answer; see `undo`.',
    roles: EVERYBODY,
    params,
    body: reasonBody,
    bodyExample: reasonExample,
    answers: {
      200: {
        description: 'Cancelled',
        schema: billingSchema,
        example: { ...billingExample, state: 'CANCELLED', bookingStatus: 'cancelled', undo: 'running' },
      },
    },
    problems: ACTION_PROBLEMS,
    handle: async ({ caller, params: { id }, body: { reason }, sentBody, idempotencyKey }) => {
      const { bookingId } = await knownBill(deps.database, id, caller);
      return await act(
        deps,
        {
          ...{ caller, route: `PUT ${CANCEL}`, id: bookingId, idempotencyKey },
          request: { id, sentBody },
          action: cancelAs('traveler', reason),
        },
        () => billingAfter(deps, bookingId),
      );
    },
  });
}
