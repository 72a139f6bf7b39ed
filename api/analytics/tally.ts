import { NOTHING_COUNTED, type Tallies, type Tally } from '../../domain/analytics/figures';
import type { Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import { Prisma } from '../../prisma/generated/client';
import { BOOKED_NIGHTS, CHOSEN, SUPPLY } from './sql';

/** What the figures are broken down by; `all`: not at all. Always by currency besides. */
export const GROUPINGS = ['all', 'item', 'owner', 'kind', 'day'] as const;
export type Grouping = (typeof GROUPINGS)[number];

const KEYS: Readonly<Record<Grouping, Prisma.Sql>> = {
  all: Prisma.sql`'all'`,
  item: Prisma.sql`c.id`,
  owner: Prisma.sql`c.owner_id`,
  kind: Prisma.sql`c.kind`,
  day: Prisma.sql`t.day::text`,
};

/** One line of the figures. */
export interface TallyLine {
  /** The item, owner, kind or day. */
  readonly key: string;
  readonly currency: string;
  readonly counted: Tallies;
}

interface TallyRow {
  readonly key: string;
  readonly currency: string;
  readonly tally: Tally;
  readonly value: number;
}

/**
 * Counts what happened to the chosen items on the days of a span, by key and currency in order. Days are the item's
 * own: the night's date for what is sold, and for what happens the date that the item's clock shows.
 * @param items a condition on `booking.items i`
 */
export async function tally(
  database: Database,
  items: Prisma.Sql,
  { start, end }: Stay,
  grouping: Grouping,
): Promise<TallyLine[]> {
  const within = (day: Prisma.Sql) => Prisma.sql`${day} >= ${start}::date AND ${day} < ${end}::date`;
  // What the index can find; which day it is where the item lies is looked at after it.
  const around = (at: Prisma.Sql) =>
    Prisma.sql`${at} >= ${start}::date - interval '1 day' AND ${at} < ${end}::date + interval '1 day'`;
  const opened = Prisma.sql`(b.opened_at AT TIME ZONE c.time_zone)::date`;
  const confirmed = Prisma.sql`(b.confirmed_at AT TIME ZONE c.time_zone)::date`;
  const ended = Prisma.sql`(b.ended_at AT TIME ZONE c.time_zone)::date`;
  const moved = Prisma.sql`(p.at AT TIME ZONE c.time_zone)::date`;
  const rows = await database.$queryRaw<TallyRow[]>`
    WITH ${CHOSEN(items)}, ${SUPPLY(start, end)}, ${BOOKED_NIGHTS(start, end)},
    t (item_id, day, tally, value) AS (
      SELECT item_id, night, 'available', available FROM supply
      UNION ALL
      SELECT n.item_id, n.night, f.tally, f.value FROM booked_nights n
      CROSS JOIN LATERAL (VALUES ('sold', n.quantity), ('revenue', n.revenue)) f (tally, value)
      WHERE n.stands
      UNION ALL
      SELECT c.id, ${opened}, f.tally, f.value FROM analytics.bookings b JOIN chosen c ON c.id = b.item_id
      CROSS JOIN LATERAL (VALUES ('requests', 1),
        ('decided', CASE WHEN b.confirmed_at IS NOT NULL OR b.ended_at IS NOT NULL THEN 1 ELSE 0 END),
        ('converted', CASE WHEN b.confirmed_at IS NOT NULL THEN 1 ELSE 0 END)) f (tally, value)
      WHERE ${around(Prisma.sql`b.opened_at`)} AND ${within(opened)}
      UNION ALL
      SELECT c.id, ${confirmed}, f.tally, f.value FROM analytics.bookings b JOIN chosen c ON c.id = b.item_id
      CROSS JOIN LATERAL (SELECT
        CASE WHEN b.start_date IS NULL THEN 0 ELSE 1 END AS dated,
        CASE WHEN b.start_date IS NULL OR c.kind = 'flight' THEN 0 ELSE 1 END AS stays) is_
      CROSS JOIN LATERAL (VALUES ('bookings', 1), ('leads', is_.dated), ('stays', is_.stays),
        ('leadDays', b.start_date - (COALESCE(b.opened_at, b.confirmed_at) AT TIME ZONE c.time_zone)::date),
        ('stayNights', (b.end_date - b.start_date) * is_.stays)) f (tally, value)
      WHERE ${around(Prisma.sql`b.confirmed_at`)} AND ${within(confirmed)}
      UNION ALL
      SELECT c.id, ${ended}, CASE b.state WHEN 'NO_SHOW' THEN 'noShows' ELSE 'cancellations' END, 1
      FROM analytics.bookings b JOIN chosen c ON c.id = b.item_id
      WHERE ${around(Prisma.sql`b.ended_at`)} AND ${within(ended)} AND b.confirmed_at IS NOT NULL
      UNION ALL
      SELECT c.id, ${moved}, p.kind, p.amount FROM analytics.payments p
      JOIN analytics.bookings b ON b.booking_id = p.booking_id JOIN chosen c ON c.id = b.item_id
      WHERE ${around(Prisma.sql`p.at`)} AND ${within(moved)} AND p.kind IN ('captured', 'refunded')
    )
    SELECT ${KEYS[grouping]} AS key, c.currency, t.tally, COALESCE(sum(t.value), 0)::float8 AS value
    FROM t JOIN chosen c ON c.id = t.item_id GROUP BY 1, 2, 3 ORDER BY 1, 2`;
  return lines(rows);
}

function lines(rows: readonly TallyRow[]): TallyLine[] {
  const found = new Map<string, { key: string; currency: string; counted: Record<Tally, number> }>();
  for (const { key, currency, tally: name, value } of rows) {
    const which = `${key} ${currency}`;
    const line = found.get(which) ?? { key, currency, counted: { ...NOTHING_COUNTED } };
    line.counted[name] = value;
    found.set(which, line);
  }
  return [...found.values()];
}
