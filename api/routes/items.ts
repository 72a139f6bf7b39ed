import { z } from 'zod';
import { SYSTEMS } from '../../domain/item';
import { itemOf } from '../bookings/catalogue';
import { identifier } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { publicRoute, type Route } from '../http/route';
import { requireItem } from '../items/find-item';
import { itemExample, itemSchema, itemView } from '../items/view';

export const ITEMS = '/api/items';
export const ITEM = `${ITEMS}/:id`;
export const TAG = 'catalogue';

export const oneItem = z.object({ item: itemSchema });
export const itemParams = z.object({ id: identifier });

/** The public catalogue. Search is not built; this is what the demo, an owner and an operator look at. */
export function itemRoutes(deps: ApiDeps): Route[] {
  return [
    publicRoute({
      method: 'get',
      path: ITEMS,
      tag: TAG,
      summary: 'What can be booked',
      query: z.object({
        limit: z.coerce.number().int().min(1).max(100).default(20),
        after: identifier.optional().meta({ description: 'The last id of the page before.' }),
        ownerId: identifier.optional().meta({ description: 'Only the items of this owner.' }),
        system: z.enum(SYSTEMS).optional(),
        onSale: z.enum(['true', 'false']).optional(),
      }),
      answers: {
        200: {
          description: 'One page, by id',
          schema: z.object({ items: z.array(itemSchema) }),
          example: { items: [itemExample] },
        },
      },
      problems: ['invalid-request'],
      handle: async ({ query: { limit, after, ownerId, system, onSale } }) => {
        const rows = await deps.database.item.findMany({
          where: {
            ...(after !== undefined && { id: { gt: after } }),
            ...(ownerId !== undefined && { ownerId }),
            ...(system !== undefined && { system }),
            ...(onSale !== undefined && { onSale: onSale === 'true' }),
          },
          orderBy: { id: 'asc' },
          take: limit,
        });
        return { status: 200, body: { items: rows.map((row) => itemView(itemOf(row))) } };
      },
    }),
    publicRoute({
      method: 'get',
      path: ITEM,
      tag: TAG,
      summary: 'One item, with all its terms',
      params: itemParams,
      answers: { 200: { description: 'The item', schema: oneItem, example: { item: itemExample } } },
      problems: ['not-found'],
      handle: async ({ params: { id } }) => ({
        status: 200,
        body: { item: itemView(await requireItem(deps.database, id)) },
      }),
    }),
  ];
}
