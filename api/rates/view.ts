import { propertyIdOf, roomTypeOf } from '../../domain/hotel';
import type { Item } from '../../domain/item';
import { toDecimal } from '../../domain/money';
import { implicitPlan, type PlanTerms, STANDARD_PLAN } from '../../domain/rates/rate-plan';
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
      ...shownTerms(plan.terms, currency),
      ...{ code: plan.code, version: plan.version, active: plan.active },
      updatedAt: updatedAt?.toISOString() ?? null,
      usage: usage.get(plan.code) ?? UNUSED,
    })),
    history: changes.map((change) => historyEntry(change, currency)),
  };
}

function withImplicit(plans: readonly KeptPlan[], item: Item) {
  if (plans.some(({ code }) => code === STANDARD_PLAN)) return plans;
  const { code, version, currency: _, ...terms } = implicitPlan(item.nightlyPrice);
  return [{ code, version, terms, active: true, updatedAt: undefined }, ...plans];
}

/** What put_rate_plan wrote down. */
interface RateUpdate {
  readonly plan: string;
  readonly version: number;
  readonly reason?: string;
  readonly before?: KeptTerms;
  readonly after: KeptTerms;
}
interface KeptTerms {
  readonly active: boolean;
  readonly terms: PlanTerms;
}

function historyEntry({ at, actorId, details }: ItemFactRow, currency: string) {
  const { plan, version, reason = null, before, after } = details as unknown as RateUpdate;
  const shown = ({ active, terms }: KeptTerms) => ({ active, ...shownTerms(terms, currency) });
  return {
    ...{ plan, version, reason, at: at.toISOString(), by: actorId },
    before: before ? shown(before) : null,
    after: shown(after),
  };
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
