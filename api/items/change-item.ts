import { z } from 'zod';
import type { Item } from '../../domain/item';
import { type ItemFactType, PRICE_REVIEWER } from '../../domain/item-fact';
import { itemFaults } from '../../domain/item-faults';
import { Problem } from '../../domain/problems';
import { localDate } from '../../domain/stay-clock';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { hasBookings, moreSold, type SoldNight, versionConflict } from './change-problems';
import { itemColumns } from './columns';
import { houseFields, termFields } from './fields';
import { managedItem, requireItem } from './find-item';
import { type ItemView, itemOfView, itemView } from './view';

/** Any of an item's terms; what is left out stays as it is. */
export const changeItemBody = z.strictObject({
  version: z.int().min(0).optional().meta({
    description:
      'The version that the change was made for. Sent, a change by somebody else in between is 409; price reviews are none.',
    example: 3,
  }),
  ...z.object({ ...termFields, ...houseFields }).partial().shape,
});

export type ChangeItemBody = z.output<typeof changeItemBody>;

type Change = Readonly<Record<string, unknown>>;

/** The price of a night is a rate, which listeners are told of; the rest is the owner's and the API's. */
const PRICE_FIELDS: readonly (keyof ItemView)[] = ['nightlyPrice', 'currency'];

/** How often a change is made anew because something else came in between that does not stand against it. */
const ATTEMPTS = 5;

type Outcome =
  | { readonly version: number }
  | { readonly conflict: number }
  | { readonly booked: readonly string[] }
  | { readonly sold: readonly SoldNight[] };

/**
 * Changes the terms of an item. Bookings it has keep the terms they were opened with. Where nothing would change,
 * nothing is recorded, so that a repeat does no harm.
 *
 * @throws {Problem} `invalid-request` naming every fault; `version-conflict` with the current version;
 *   `item-has-bookings`; `nights-sold` naming the nights on which more are sold than there would be
 */
export async function changeItem(
  deps: ApiDeps,
  caller: Caller,
  id: string,
  body: ChangeItemBody,
): Promise<Item> {
  const { version, ...wanted } = body;
  for (let attempt = 1; ; attempt += 1) {
    const item = await managedItem(deps.database, id, caller);
    const before = itemView(item);
    const changed = itemOfView({ ...before, ...wanted } as ItemView);
    const after = itemView(changed);
    const fields = changedFields(before, after);
    if (fields.length === 0) return item;
    if (version !== undefined && (await changedSince(deps, item, version)))
      throw versionConflict(id, item.version);
    requireChangeable(caller, changed, fields);

    const outcome = await write(deps, caller, item, changed, factsOf(before, after, fields));
    if ('version' in outcome) return await requireItem(deps.database, id);
    if ('booked' in outcome) throw hasBookings(id, outcome.booked);
    if ('sold' in outcome) throw moreSold(id, outcome.sold);
    // Whether that was a change or a price review, the next attempt sees.
    if (attempt === ATTEMPTS) throw versionConflict(id, outcome.conflict);
  }
}

/**
 * Whether the item was changed since it stood at a version. A price review counts the version up too, but only says what
 * follows from a plan: nobody's change is made over by what was meant for the version before it.
 */
async function changedSince({ database }: ApiDeps, item: Item, version: number): Promise<boolean> {
  if (version >= item.version) return version > item.version;
  const reviews = await database.itemFactRow.count({
    where: {
      ...{ itemId: item.id, type: 'rate.updated', actorId: PRICE_REVIEWER },
      version: { gt: version, lte: item.version },
    },
  });
  return reviews < item.version - version;
}

function changedFields(before: ItemView, after: ItemView): (keyof ItemView)[] {
  const fields = Object.keys(after) as (keyof ItemView)[];
  return fields.filter((field) => !sameValue(before[field], after[field]));
}

/** The order of an object's fields means nothing: Postgres keeps its own. */
function sameValue(one: unknown, other: unknown): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function requireChangeable(caller: Caller, changed: Item, fields: readonly (keyof ItemView)[]): void {
  if (fields.includes('commissionBasisPoints') && caller.role !== 'admin') {
    throw new Problem('forbidden', 'commissionBasisPoints is set by an administrator. Leave it out.');
  }
  const faults = itemFaults(changed);
  if (fields.includes('currency') && !fields.includes('nightlyPrice')) {
    faults.push({ field: 'nightlyPrice', message: 'say the price in the new currency along with it' });
  }
  if (faults.length > 0) throw fieldProblem('invalid-request', faults);
}

/** What is recorded of a change: of the price for listeners, of the rest for history. */
function factsOf(
  before: ItemView,
  after: ItemView,
  fields: readonly (keyof ItemView)[],
): { type: ItemFactType; details: Change }[] {
  const terms = fields.filter((field) => !PRICE_FIELDS.includes(field));
  const pick = (view: ItemView, from: readonly (keyof ItemView)[]): Change =>
    Object.fromEntries(from.map((field) => [field, view[field]]));
  const priceChanged = terms.length < fields.length;
  return [
    ...(terms.length > 0
      ? [
          {
            type: 'item.changed' as const,
            details: { before: pick(before, terms), after: pick(after, terms) },
          },
        ]
      : []),
    ...(priceChanged
      ? [
          {
            type: 'rate.updated' as const,
            details: { ...pick(after, PRICE_FIELDS), before: pick(before, PRICE_FIELDS) },
          },
        ]
      : []),
  ];
}

async function write(
  { database, now }: ApiDeps,
  caller: Caller,
  item: Item,
  changed: Item,
  facts: readonly unknown[],
): Promise<Outcome> {
  const today = localDate(now(), changed.timeZone);
  const [row] = await database.$queryRaw<{ outcome: Outcome }[]>`
    SELECT booking.change_item(${item.id}, ${item.version}::int, ${JSON.stringify(itemColumns(changed))}::jsonb,
                               ${JSON.stringify(facts)}::jsonb, ${caller.id}, ${today}::date) AS outcome`;
  if (!row) throw new Error(`change_item answered nothing for ${item.id}`);
  return row.outcome;
}
