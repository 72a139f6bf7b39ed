import {
  type ForecastNight,
  type FutureNight,
  forecast,
  HISTORY_NIGHTS,
  type Movement,
} from '../../domain/analytics/forecast';
import { addDays, type CalendarDate, type Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import type { Prisma } from '../../prisma/generated/client';
import { BOOKED_NIGHTS, CHOSEN, SUPPLY } from './sql';

/** What the chosen items will probably bring, in one currency. */
export interface Forecast {
  readonly currency: string;
  readonly nights: readonly ForecastNight[];
}

interface FutureRow {
  readonly currency: string;
  readonly night: CalendarDate;
  readonly available: number;
  readonly sold: number;
  readonly revenue: number;
}

interface MovementRow extends Movement {
  readonly currency: string;
}

interface SinceRow {
  readonly currency: string;
  readonly since: CalendarDate;
}

/**
 * Forecasts the nights of a span that begins today or later, by currency.
 * @param items a condition on `booking.items i`
 */
export async function forecastOf(
  database: Database,
  items: Prisma.Sql,
  today: CalendarDate,
  span: Stay,
): Promise<Forecast[]> {
  const future = await futureOf(database, items, span);
  const movements = await movementsOf(database, items, today);
  const since = await booksSince(database, items);
  const currencies = [...new Set(future.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const nights = future.filter((row) => row.currency === currency).map(futureNight);
    return {
      currency,
      nights: forecast(today, nights, {
        movements: movements.filter((row) => row.currency === currency),
        booksSince: since.find((row) => row.currency === currency)?.since ?? null,
      }),
    };
  });
}

function futureNight({ night, available, sold, revenue }: FutureRow): FutureNight {
  return { night, available, onTheBooks: { sold, revenue } };
}

function futureOf(database: Database, items: Prisma.Sql, { start, end }: Stay): Promise<FutureRow[]> {
  return database.$queryRaw<FutureRow[]>`
    WITH ${CHOSEN(items)}, ${SUPPLY(start, end)}, ${BOOKED_NIGHTS(start, end)},
    t (item_id, night, available, sold, revenue) AS (
      SELECT item_id, night, available, 0, 0 FROM supply
      UNION ALL
      SELECT item_id, night, 0, quantity, revenue FROM booked_nights WHERE stands
    )
    SELECT c.currency, t.night::text AS night, sum(t.available)::float8 AS available, sum(t.sold)::float8 AS sold,
      sum(t.revenue)::float8 AS revenue
    FROM t JOIN chosen c ON c.id = t.item_id GROUP BY 1, 2 ORDER BY 1, 2`;
}

/** What the past nights gained and lost, by how many days before the night: see {@link Movement}. */
function movementsOf(database: Database, items: Prisma.Sql, today: CalendarDate): Promise<MovementRow[]> {
  const start = addDays(today, -HISTORY_NIGHTS);
  return database.$queryRaw<MovementRow[]>`
    WITH ${CHOSEN(items)}, ${BOOKED_NIGHTS(start, today)}
    SELECT c.currency, n.night::text AS night, GREATEST(0, m.lead) AS lead,
      sum(m.sign * n.quantity)::float8 AS sold, sum(m.sign * n.revenue)::float8 AS revenue
    FROM booked_nights n JOIN chosen c ON c.id = n.item_id
    CROSS JOIN LATERAL (VALUES (n.night - n.confirmed_on + 1, 1), (n.night - n.ended_on + 1, -1)) m (lead, sign)
    WHERE m.sign = 1 OR NOT n.stands
    GROUP BY 1, 2, 3`;
}

function booksSince(database: Database, items: Prisma.Sql): Promise<SinceRow[]> {
  return database.$queryRaw<SinceRow[]>`
    WITH ${CHOSEN(items)}
    SELECT c.currency, min((b.confirmed_at AT TIME ZONE c.time_zone)::date)::text AS since
    FROM analytics.bookings b JOIN chosen c ON c.id = b.item_id WHERE b.confirmed_at IS NOT NULL GROUP BY 1`;
}
