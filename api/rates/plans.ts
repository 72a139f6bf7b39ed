import type { ItemId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import {
  implicitPlan,
  type PlanTerms,
  type RatePlan,
  ratePlan,
  STANDARD_PLAN,
} from '../../domain/rates/rate-plan';
import type { Database } from '../../platform/database/client';
import type { Prisma, RatePlanRow } from '../../prisma/generated/client';
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

/**
 * The plan that a stay is priced by. An item whose owner laid down no plan has one price, whatever name is sent: its
 * front ends have always sent names. One that has plans is priced by the named one, `STANDARD` where none is.
 * @param field where in the request the name is
 * @throws {Problem} `invalid-request` naming the plans there are
 */
export async function planFor(
  database: Database,
  item: Item,
  code: string | undefined,
  field: string,
): Promise<RatePlan> {
  const kept = await readPlans(database, item.id);
  const wanted = code ?? STANDARD_PLAN;
  const plan = kept.find((one) => one.code === wanted);
  if (plan?.active) return ratePlan(plan.code, plan.version, plan.terms, item.nightlyPrice);
  const usable = kept.filter(({ active }) => active).map((one) => one.code);
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

/** Lays a plan down or replaces it, and records that; the same plan again changes nothing. */
export async function putPlan(database: Database, change: PlanChange): Promise<void> {
  const { itemId, code, terms, active, actorId, reason = null } = change;
  const document = JSON.stringify(terms satisfies PlanTerms as unknown as Prisma.InputJsonObject);
  await database.$queryRaw`
    SELECT booking.put_rate_plan(${itemId}, ${code}, ${document}::jsonb, ${active}, ${actorId}, ${reason})`;
}
