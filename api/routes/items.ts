import { z } from 'zod';
import { ITEM_KINDS, SYSTEMS } from '../../domain/item';
import { toDecimal } from '../../domain/money';
import { Problem } from '../../domain/problems';
import { itemOf } from '../bookings/catalogue';
import { identifier } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { publicRoute, type Route } from '../http/route';

const itemSchema = z
  .object({
    id: z.string(),
    system: z.enum(SYSTEMS),
    kind: z.enum(ITEM_KINDS),
    ownerId: z.string(),
    name: z.string(),
    nightlyPrice: z.number().meta({
      description:
        "Of a night, a day of a car, a flight's seat. Decimal, in the item's currency, tax included.",
    }),
    currency: z.string(),
    maxGuests: z.int(),
    timeZone: z.string(),
    checkInTime: z.string().meta({ description: 'Local wall clock, HH:mm.' }),
    checkOutTime: z.string(),
    departureDate: z.iso.date().nullable().meta({ description: "A flight's, local; null for all else." }),
    instant: z.boolean().meta({ description: 'Accepted without asking the owner.' }),
  })
  .meta({ id: 'Item' });

type ItemView = z.output<typeof itemSchema>;

const itemExample: ItemView = {
  id: 'PROP-001',
  system: 'stays',
  kind: 'property',
  ownerId: 'owner-1',
  name: 'Luxury Beach Villa',
  nightlyPrice: 300,
  currency: 'USD',
  maxGuests: 8,
  timeZone: 'America/New_York',
  checkInTime: '15:00',
  checkOutTime: '11:00',
  departureDate: null,
  instant: false,
};

/** The public catalogue. Search is not built; this is what the demo and an operator look at. */
export function itemRoutes(deps: ApiDeps): Route[] {
  return [
    publicRoute({
      method: 'get',
      path: '/api/items',
      tag: 'catalogue',
      summary: 'What can be booked',
      query: z.object({
        limit: z.coerce.number().int().min(1).max(100).default(20),
        after: identifier.optional().meta({ description: 'The last id of the page before.' }),
      }),
      answers: {
        200: {
          description: 'One page, by id',
          schema: z.object({ items: z.array(itemSchema) }),
          example: { items: [itemExample] },
        },
      },
      problems: ['invalid-request'],
      handle: async ({ query }) => {
        const rows = await deps.database.item.findMany({
          where: query.after === undefined ? {} : { id: { gt: query.after } },
          orderBy: { id: 'asc' },
          take: query.limit,
        });
        return { status: 200, body: { items: rows.map((row) => itemView(itemOf(row))) } };
      },
    }),
    publicRoute({
      method: 'get',
      path: '/api/items/:id',
      tag: 'catalogue',
      summary: 'One item',
      params: z.object({ id: identifier }),
      answers: {
        200: {
          description: 'The item',
          schema: z.object({ item: itemSchema }),
          example: { item: itemExample },
        },
      },
      problems: ['not-found'],
      handle: async ({ params: { id } }) => {
        const row = await deps.database.item.findUnique({ where: { id } });
        if (!row) throw new Problem('not-found', `There is no item ${id}.`);
        return { status: 200, body: { item: itemView(itemOf(row)) } };
      },
    }),
  ];
}

function itemView(item: ReturnType<typeof itemOf>): ItemView {
  const { id, system, kind, ownerId, name, maxGuests, timeZone, checkInTime, checkOutTime, instant } = item;
  return {
    ...{ id, system, kind, ownerId, name, maxGuests, timeZone, checkInTime, checkOutTime, instant },
    departureDate: item.departureDate ?? null,
    nightlyPrice: toDecimal(item.nightlyPrice),
    currency: item.nightlyPrice.currency,
  };
}
