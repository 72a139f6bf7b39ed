import { z } from 'zod';
import { itemIdOf } from '../../domain/hotel';
import type { Caller } from '../auth/caller';
import { calendarDate, guestCount, reasonText } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { type Answer, publicRoute, type Route, route } from '../http/route';
import { once } from '../idempotency/once';
import { managedItem } from '../items/find-item';
import { planExample, ratesExample, stayQuoteExample } from '../rates/examples';
import { planSchema, ratePlanName } from '../rates/fields';
import { giveQuote } from '../rates/give-quote';
import { planTermsOf } from '../rates/plan-terms';
import { putPlan } from '../rates/plans';
import { ratesSchema, stayQuoteSchema } from '../rates/schemas';
import { readRates } from '../rates/view';
import { propertyId, roomType } from '../reservations/fields';

const TAG = 'rates';
const RATES = '/api/rates';
const SAVED = 'Rate plan saved successfully';

const place = {
  propertyId: propertyId.meta({ description: 'A property of any system.' }),
  roomType: roomType.optional().meta({ description: "A hotel's room type; other properties have none." }),
};
type Place = z.output<z.ZodObject<typeof place>>;

const wholeNumber = z.coerce.number().pipe(guestCount);

const found = (data: z.ZodType) => z.object({ success: z.literal(true), data });

/** What a stay costs, and what an owner lays down about that. */
export function rateRoutes(deps: ApiDeps): Route[] {
  return [quoteRoute(deps), readRoute(deps), putRoute(deps)];
}

function quoteRoute(deps: ApiDeps): Route {
  return publicRoute({
    method: 'get',
    path: `${RATES}/quote`,
    tag: TAG,
    summary: 'The price of a stay, item by item',
    description:
      'Honoured for 15 minutes: send `quoteId`, or just the total, with the booking. Nights that are gone are named; ' +
      'the quote is given all the same.',
    query: z.object({
      ...place,
      checkIn: calendarDate,
      checkOut: calendarDate,
      guests: wholeNumber.default(1).meta({ description: 'In all.' }),
      quantity: wholeNumber.default(1).meta({ description: 'Rooms, seats or cars.' }),
      ratePlan: ratePlanName,
    }),
    answers: {
      200: {
        description: 'The quote',
        schema: found(stayQuoteSchema),
        example: { success: true, data: stayQuoteExample },
      },
    },
    problems: ['invalid-request', 'invalid-dates', 'not-found', 'not-on-sale'],
    handle: async ({ query }) => {
      const { checkIn: start, checkOut: end, guests, quantity, ratePlan } = query;
      const itemId = itemIdOf(query.propertyId, query.roomType);
      const data = await giveQuote(deps, itemId, { stay: { start, end }, guests, quantity }, ratePlan);
      return { status: 200, body: { success: true, data } };
    },
  });
}

function readRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: RATES,
    tag: TAG,
    summary: "An item's rate plans, their usage and their history",
    roles: ['owner'],
    query: z.object(place),
    answers: {
      200: {
        description: 'The rates',
        schema: found(ratesSchema),
        example: { success: true, data: ratesExample },
      },
    },
    problems: ['invalid-request', 'not-found'],
    handle: async ({ caller, query }) => {
      const item = await ownItem(deps, query, caller);
      return { status: 200, body: { success: true, data: await readRates(deps.database, item) } };
    },
  });
}

function putRoute(deps: ApiDeps): Route {
  return route({
    method: 'put',
    path: RATES,
    tag: TAG,
    summary: 'Lay down a rate plan, or replace it',
    description:
      'The whole plan: what is left out is none. Bookings and quotes keep the prices they have. The same plan again ' +
      'changes nothing. A plan with `active: false` prices no new stay.',
    roles: ['owner'],
    body: z.object({ ...place, plan: planSchema, reason: reasonText.optional() }),
    bodyExample: { propertyId: 'HOTEL-001', roomType: 'STD', plan: planExample, reason: 'Winter rates' },
    answers: {
      200: {
        description: SAVED,
        schema: found(ratesSchema).extend({ message: z.string() }),
        example: { success: true, message: SAVED, data: ratesExample },
      },
    },
    problems: ['invalid-request', 'invalid-dates', 'not-found'],
    handle: async ({ caller, body, sentBody, idempotencyKey: key }) => {
      const { plan, reason } = body;
      const attempt = async (): Promise<Answer> => {
        const item = await ownItem(deps, body, caller);
        const terms = planTermsOf(plan, item, 'plan');
        const { code, active } = plan;
        await putPlan(deps.database, { itemId: item.id, code, terms, active, actorId: caller.id, reason });
        const data = await readRates(deps.database, item);
        return { status: 200, body: { success: true, message: SAVED, data } };
      };
      if (key === undefined) return await attempt();
      return await once(deps, { caller: caller.id, route: `PUT ${RATES}`, key, request: sentBody }, attempt);
    },
  });
}

const ownItem = (deps: ApiDeps, { propertyId, roomType }: Place, caller: Caller) =>
  managedItem(deps.database, itemIdOf(propertyId, roomType), caller);
