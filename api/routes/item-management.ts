import { z } from 'zod';
import type { ApiDeps } from '../deps';
import { type Answer, type Route, route } from '../http/route';
import { freshBookingId, once } from '../idempotency/once';
import { changeItem, changeItemBody } from '../items/change-item';
import { createItem, createItemBody } from '../items/create-item';
import { managedItem } from '../items/find-item';
import { historyEntrySchema, historyExample, historyOf } from '../items/history';
import { mintedItemId } from '../items/minted-id';
import { itemExample, itemView } from '../items/view';
import { ITEM, ITEMS, itemParams, oneItem, TAG } from './items';

/** How owners look after what they sell. There is no DELETE: an item with bookings stays, and is taken off sale. */
export function itemManagementRoutes(deps: ApiDeps): Route[] {
  return [createRoute(deps), changeRoute(deps), historyRoute(deps)];
}

function createRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: ITEMS,
    tag: TAG,
    summary: 'Put an item into the catalogue',
    description:
      'It belongs to the caller. Terms that are left out have the defaults of its system (docs/items.md). The rooms ' +
      'of one hotel belong to one owner.',
    roles: ['owner'],
    body: createItemBody,
    bodyExample: {
      ...{ id: 'PROP-101', system: 'stays', kind: 'property', name: 'House by the lake', nightlyPrice: 180 },
      ...{ currency: 'EUR', maxGuests: 6, timeZone: 'Europe/Berlin', minNights: 2, leadTimeHours: 24 },
      paymentPolicy: { kind: 'deposit', percent: 30, holdDaysBefore: 5 },
    },
    answers: {
      201: {
        description: 'The item',
        schema: oneItem,
        example: { item: itemExample },
        headers: { Location: 'Address of the item.' },
      },
    },
    problems: ['invalid-request', 'invalid-dates', 'item-exists', 'wrong-owner'],
    handle: async ({ caller, body, sentBody, idempotencyKey: key }) => {
      const attempt = async (id: string, again: boolean): Promise<Answer> => {
        const item = await createItem(deps, caller, body, id, again);
        return {
          status: 201,
          headers: { Location: `${ITEMS}/${item.id}` },
          body: { item: itemView(item) },
        };
      };
      if (key === undefined) return await attempt(mintedItemId(freshBookingId(deps)), false);
      const write = { caller: caller.id, route: `POST ${ITEMS}`, key, request: sentBody };
      return await once(deps, write, ({ bookingId, again }) => attempt(mintedItemId(bookingId), again));
    },
  });
}

function changeRoute(deps: ApiDeps): Route {
  return route({
    method: 'patch',
    path: ITEM,
    tag: TAG,
    summary: "Change an item's terms, or take it off sale",
    description:
      'What is left out stays; null takes an optional term away. Bookings that exist keep the terms they were opened ' +
      'with. A changed capacity holds for every night to come that has not more sold. `onSale: false` takes it off sale.',
    roles: ['owner', 'admin'],
    params: itemParams,
    body: changeItemBody,
    bodyExample: { version: 1, capacity: 12, minNights: 2, maxNights: null },
    answers: {
      200: { description: 'The item as it is now', schema: oneItem, example: { item: itemExample } },
    },
    problems: [
      ...(['invalid-request', 'invalid-dates', 'not-found', 'version-conflict'] as const),
      ...(['item-has-bookings', 'nights-sold'] as const),
    ],
    handle: async ({ caller, params: { id }, body, sentBody, idempotencyKey: key }) => {
      const attempt = async (): Promise<Answer> => ({
        status: 200,
        body: { item: itemView(await changeItem(deps, caller, id, body)) },
      });
      if (key === undefined) return await attempt();
      const write = { caller: caller.id, route: `PATCH ${ITEM}`, key, request: [id, sentBody] };
      return await once(deps, write, attempt);
    },
  });
}

function historyRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: `${ITEM}/history`,
    tag: TAG,
    summary: 'Who changed an item, when, and what',
    description: 'Newest first; closed dates and rates too. For its owner and administrators.',
    roles: ['owner', 'admin'],
    params: itemParams,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(20),
      before: z.coerce.number().int().min(0).optional().meta({
        description: 'The lowest version of the page before.',
      }),
    }),
    answers: {
      200: {
        description: 'One page',
        schema: z.object({ history: z.array(historyEntrySchema) }),
        example: { history: [historyExample] },
      },
    },
    problems: ['invalid-request', 'not-found'],
    handle: async ({ caller, params: { id }, query: { limit, before } }) => {
      const item = await managedItem(deps.database, id, caller);
      return { status: 200, body: { history: await historyOf(deps.database, item.id, { limit, before }) } };
    },
  });
}
