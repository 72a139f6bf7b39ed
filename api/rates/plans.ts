import { isDeepStrictEqual } from 'node:util';
import type { ItemId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import {
  implicitPlan,
  type PlanTerms,
  type RatePlan,
  ratePlan,
  STANDARD_PLAN,
} from '../../domain/rates/rate-plan';
import { shownTerms } from '../../domain/rates/shown';
import type { Database } from '../../platform/database/client';
import type { RatePlanRow } from '../../prisma/generated/client';
import { fieldProblem } from '../http/validate';

/** A plan as it is kept. */
export interface KeptPlan {
  readonly code: string;
  readonly version: number;
  readonly active: boolean;
  readonly terms: PlanTerms;
  readonly updatedAt: Date;
}

export async function readPlans(database: Database, itemId: ItemId): Promise<KeptPlan[]> {
  const rows = await database.ratePlanRow.findMany({ where: { itemId }, orderBy: { code: 'asc' } });
  return rows.map(keptPlan);
}

function keptPlan({ code, version, active, terms, updatedAt }: RatePlanRow): KeptPlan {
  return { code, version, active, terms: terms as unknown as PlanTerms, updatedAt };
}

/** The plan of this name, read and chosen; see {@link choosePlan}. */
export async function planFor(
  database: Database,
  item: Item,
  code: string | undefined,
  field: string,
): Promise<RatePlan> {
  return choosePlan(await readPlans(database, item.id), item, code, field);
}

/**
 * The plan that a stay is priced by. An item whose owner laid down no plan has one price, whatever name is sent: its
 * front ends have always sent names. One that has plans is priced by the named one, `STANDARD` where none is.
 * @param field where in the request the name is
 * @throws {Problem} `invalid-request` naming the plans there are
 */
export function choosePlan(
  kept: readonly KeptPlan[],
  item: Item,
  code: string | undefined,
  field: string,
): RatePlan {
  const wanted = code ?? STANDARD_PLAN;
  const plan = kept.find((one) => one.code === wanted);
  const offered = ({ active, terms }: KeptPlan) => active && terms.currency === item.nightlyPrice.currency;
  if (plan && offered(plan)) return ratePlan(plan.code, plan.version, plan.terms, item.nightlyPrice);
  const usable = kept.filter(offered).map((one) => one.code);
  // The implicit plan stands in as long as its owner has not laid down, and so maybe withdrawn, their own.
  const hasImplicit = !kept.some((one) => one.code === STANDARD_PLAN);
  if (hasImplicit && (kept.length === 0 || wanted === STANDARD_PLAN)) return implicitPlan(item.nightlyPrice);
  const there = [...(hasImplicit ? [STANDARD_PLAN] : []), ...usable].sort();
  const message =
    there.length === 0
      ? `${item.name} has no rate plan that is offered just now`
      : `${wanted} is not offered for ${item.name}; there ${there.length === 1 ? 'is' : 'are'} ${there.join(', ')}`;
  throw fieldProblem('invalid-request', [{ field, message }]);
}

/** What is to be laid down, and by whom. */
export interface PlanChange {
  readonly itemId: ItemId;
  readonly code: string;
  readonly terms: PlanTerms;
  readonly active: boolean;
  readonly actorId: string;
  readonly reason?: string | undefined;
}

/** How often a change is tried again where somebody else's came in between. */
const ATTEMPTS = 3;

/** Lays a plan down or replaces it, and records what it was and what it is; the same plan again changes nothing. */
export async function putPlan(database: Database, change: PlanChange): Promise<void> {
  const { itemId, code, terms, active, actorId, reason } = change;
  const after = { active, ...shownTerms(terms) };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const known = (await readPlans(database, itemId)).find((plan) => plan.code === code);
    const before = known && { active: known.active, ...shownTerms(known.terms) };
    if (isDeepStrictEqual(before, after)) return;
    const details = {
      ...{ ratePlan: code, currency: terms.currency, after },
      ...(before && { before }),
      ...(reason !== undefined && { reason }),
    };
    const [row] = await database.$queryRaw<{ version: number | null }[]>`
      SELECT booking.put_rate_plan(${itemId}, ${code}, ${known?.version ?? 0}::integer, ${JSON.stringify(terms)}::jsonb,
                                   ${active}, ${actorId}, ${JSON.stringify(details)}::jsonb) AS version`;
    if (row?.version != null) return;
  }
  throw new Error(`the plan ${code} of ${itemId} changed ${ATTEMPTS} times while it was to be replaced`);
}
