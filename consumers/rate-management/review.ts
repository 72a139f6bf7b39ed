import { PRICE_REVIEWER } from '../../domain/item-fact';
import { toDecimal } from '../../domain/money';
import { type PlanTerms, type RatePlan, ratePlan } from '../../domain/rates/rate-plan';
import { shownRule } from '../../domain/rates/shown';
import { localDate } from '../../domain/stay-clock';
import { addDays, type CalendarDate } from '../../domain/stay-dates';
import type { Transaction } from '../../platform/database/transactions';
import type { Span } from '../view/taken-nights';
import { type Move, movedNights, type ReviewedNight } from './moves';

/** How far ahead prices are reviewed, nights from today on. What is sold beyond is reviewed with a later booking. */
export const HORIZON_NIGHTS = 365;

interface ReviewedItem {
  readonly nightlyAmount: number;
  readonly currency: string;
  readonly timeZone: string;
}

/**
 * Reviews the prices of nights whose occupancy may have changed, and records those that moved: one `rate.updated` for
 * each plan.
 */
export async function reviewPrices(transaction: Transaction, span: Span, now: Date): Promise<void> {
  const item = await lockReviewedItem(transaction, span.itemId);
  if (!item) return;
  const today = localDate(now, item.timeZone);
  for (const plan of await dynamicPlans(transaction, span.itemId, item)) {
    const moves = movedNights(plan, await readNights(transaction, span, plan, today), today);
    if (moves.length > 0) await recordReview(transaction, span.itemId, plan, moves);
  }
}

/**
 * The item, where occupancy may move a price of it. Locked, so that no owner's change of its rates comes between reading
 * a plan and recording what it makes.
 */
async function lockReviewedItem({ query }: Transaction, itemId: string): Promise<ReviewedItem | undefined> {
  const [item] = await query<ReviewedItem>(
    `SELECT nightly_amount AS "nightlyAmount", currency, time_zone AS "timeZone" FROM booking.items
     WHERE id = $1 AND EXISTS (SELECT FROM booking.rate_plans
       WHERE item_id = $1 AND active AND jsonb_array_length(terms->'occupancy') > 0)
     FOR NO KEY UPDATE`,
    [itemId],
  );
  return item;
}

async function dynamicPlans(
  { query }: Transaction,
  itemId: string,
  { nightlyAmount, currency }: ReviewedItem,
): Promise<RatePlan[]> {
  const rows = await query<{ code: string; version: number; terms: PlanTerms }>(
    `SELECT code, version, terms FROM booking.rate_plans
     WHERE item_id = $1 AND active AND terms->>'currency' = $2 AND jsonb_array_length(terms->'occupancy') > 0
     ORDER BY code`,
    [itemId, currency],
  );
  return rows.map(({ code, version, terms }) =>
    ratePlan(code, version, terms, { amount: nightlyAmount, currency }),
  );
}

/**
 * The nights as the group's view has them. Not those of which it is behind the calendar: a message about each is still
 * on its way, and brings the review. So nothing is told of what was only for a moment, whether the group lags, catches
 * up or is rebuilt.
 */
async function readNights(
  { query }: Transaction,
  { itemId, start, end }: Span,
  { code, version }: RatePlan,
  today: CalendarDate,
): Promise<ReviewedNight[]> {
  const rows = await query<{ night: CalendarDate; taken: number; capacity: number; told: string | null }>(
    `SELECT n::date::text AS night, t.taken, COALESCE(c.capacity, i.capacity) AS capacity, p.price AS told
     FROM booking.items i
     CROSS JOIN generate_series(greatest($2::date, $6::date), least($3::date, $7::date) - 1, interval '1 day') n
     CROSS JOIN LATERAL (
       SELECT COALESCE(sum(quantity), 0)::integer AS taken FROM rate_management.taken_nights
       WHERE item_id = $1 AND night = n::date) t
     LEFT JOIN booking.availability_calendar c ON c.item_id = $1 AND c.night = n::date
     LEFT JOIN rate_management.told_prices p
       ON p.item_id = $1 AND p.plan = $4 AND p.plan_version = $5 AND p.night = n::date
     WHERE i.id = $1 AND t.taken = COALESCE(c.blocked, 0) ORDER BY n`,
    [itemId, start, end, code, version, today, addDays(today, HORIZON_NIGHTS)],
  );
  return rows.map(({ told, ...night }) => ({
    ...night,
    ...(told !== null && { told: Number(told) }),
  }));
}

/**
 * Records a review as a fact of the item, which the bridge tells like any other, and which price was told of each night.
 * Decimal amounts and percentages, in the words of the plan, as an owner's change is written down.
 */
async function recordReview(
  { query }: Transaction,
  itemId: string,
  { code, version, currency }: RatePlan,
  moves: readonly Move[],
): Promise<void> {
  const money = (amount: number) => toDecimal({ amount, currency });
  const details = {
    ratePlan: code,
    planVersion: version,
    currency,
    reason: 'price-review',
    before: { nights: moves.map(({ night, before }) => ({ date: night, price: money(before) })) },
    after: {
      nights: moves.map(({ night, after, occupancyBasisPoints, applied }) => ({
        date: night,
        price: money(after),
        occupancyPercent: occupancyBasisPoints / 100,
        applied: applied.map((rule) => shownRule(rule, currency)),
      })),
    },
  };
  await query(`SELECT booking.record_item_fact($1, 'rate.updated', $2, $3)`, [
    itemId,
    PRICE_REVIEWER,
    JSON.stringify(details),
  ]);
  await query(
    `INSERT INTO rate_management.told_prices (item_id, plan, plan_version, night, price)
     SELECT $1, $2, $3, night, price FROM unnest($4::date[], $5::bigint[]) AS moved (night, price)
     ON CONFLICT (item_id, plan, night) DO UPDATE SET plan_version = EXCLUDED.plan_version, price = EXCLUDED.price`,
    [itemId, code, version, moves.map(({ night }) => night), moves.map(({ after }) => after)],
  );
}
