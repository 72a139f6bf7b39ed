import { propertyIdOf, roomTypeOf } from '../../domain/hotel';
import type { Item } from '../../domain/item';
import { toDecimal } from '../../domain/money';
import { implicitPlan, STANDARD_PLAN } from '../../domain/rates/rate-plan';
import { shownTerms } from '../../domain/rates/shown';
import type { Database } from '../../platform/database/client';
import type { ItemFactRow } from '../../prisma/generated/client';
import { type KeptPlan, readPlans } from './plans';
import type { PlanUsage, RatesView } from './schemas';

const HISTORY = 100;
const UNUSED: PlanUsage = { requested: 0, confirmed: 0, nights: 0, revenue: 0 };

/** An item's plans with their usage, and how they came to be what they are. */
export async function readRates(database: Database, item: Item): Promise<RatesView> {
  const { currency } = item.nightlyPrice;
  const [plans, changes, usage] = await Promise.all([
    readPlans(database, item.id),
    database.itemFactRow.findMany({
      where: { itemId: item.id, type: 'rate.updated' },
      orderBy: { version: 'desc' },
      take: HISTORY,
    }),
    readUsage(database, item),
  ]);
  return {
    itemId: item.id,
    propertyId: propertyIdOf(item.id),
    roomType: roomTypeOf(item.id) ?? null,
    currency,
    nightlyPrice: toDecimal(item.nightlyPrice),
    plans: withImplicit(plans, item).map(({ updatedAt, ...plan }) => ({
      ...shownTerms(plan.terms),
      ...{ code: plan.code, version: plan.version, active: plan.active },
      updatedAt: updatedAt?.toISOString() ?? null,
      usage: usage.get(plan.code) ?? UNUSED,
    })),
    history: changes.map(historyEntry),
  };
}

function withImplicit(plans: readonly KeptPlan[], item: Item) {
  if (plans.some(({ code }) => code === STANDARD_PLAN)) return plans;
  const { code, version, ...terms } = implicitPlan(item.nightlyPrice);
  return [{ code, version, terms, active: true, updatedAt: undefined }, ...plans];
}

/** What is written down of a change: of a plan, or, where none is named, of the item's own price. */
type RateUpdate =
  | {
      readonly ratePlan: string;
      readonly planVersion: number;
      readonly currency: string;
      readonly reason?: string;
      readonly before?: Terms;
      readonly after: Terms;
    }
  | { readonly ratePlan?: undefined; readonly before?: Terms; readonly [field: string]: unknown };
type Terms = Record<string, unknown>;

function historyEntry({ at, actorId, details }: ItemFactRow) {
  const update = details as unknown as RateUpdate;
  const who = { at: at.toISOString(), by: actorId };
  if (update.ratePlan === undefined) {
    const { before = null, ratePlan: _, ...after } = update;
    return { ...who, plan: null, version: null, reason: null, before, after };
  }
  const { ratePlan: plan, planVersion: version, reason = null, before = null, after } = update;
  return { ...who, plan, version, reason, before, after };
}

/** Counts what was booked under each plan. Whether it was ever confirmed, only the log says. */
async function readUsage(database: Database, item: Item): Promise<ReadonlyMap<string, PlanUsage>> {
  const rows = await database.$queryRaw<
    { plan: string; requested: number; confirmed: number; nights: number; revenue: bigint }[]
  >`
    SELECT b.rate_plan AS plan, count(*)::integer AS requested, count(e.fact_id)::integer AS confirmed,
           COALESCE(sum((b.end_date - b.start_date) * b.quantity) FILTER (WHERE stands), 0)::integer AS nights,
           COALESCE(sum(b.price_amount) FILTER (WHERE stands), 0)::bigint AS revenue
    FROM booking.bookings b
    CROSS JOIN LATERAL (SELECT b.state IN ('CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT') AS stands) s
    LEFT JOIN booking.booking_events e ON e.booking_id = b.id AND e.type = 'booking.confirmed'
    WHERE b.item_id = ${item.id} GROUP BY b.rate_plan`;
  const { currency } = item.nightlyPrice;
  return new Map(
    rows.map(({ plan, revenue, ...counts }) => [
      plan,
      { ...counts, revenue: toDecimal({ amount: Number(revenue), currency }) },
    ]),
  );
}
