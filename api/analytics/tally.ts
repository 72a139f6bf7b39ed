import { NOTHING_COUNTED, type Tallies, type Tally } from '../../domain/analytics/figures';
import type { Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import { Prisma } from '../../prisma/generated/client';
import { BOOKED_NIGHTS, CHOSEN, SUPPLY } from './sql';

/** What the figures are broken down by; `all`: not at all. Always by currency besides. */
export const GROUPINGS = ['all', 'item', 'owner', 'kind', 'day'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** The key of a line, of what counts on a day. */
const KEYS: Readonly<Record<Grouping, (day: Prisma.Sql) => Prisma.Sql>> = {
  all: () => Prisma.sql`'all'`,
  item: () => Prisma.sql`c.id`,
  owner: () => Prisma.sql`c.owner_id`,
  kind: () => Prisma.sql`c.kind`,
  day: (day) => Prisma.sql`(${day})::text`,
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
  const keyOf = KEYS[grouping];
  const sources = sourcesOf({ start, end }).map(({ day, from, sums }) => summedUp(keyOf(day), from, sums));
  const rows = await database.$queryRaw<TallyRow[]>`
    WITH ${CHOSEN(items)}, ${SUPPLY(start, end)}, ${BOOKED_NIGHTS(start, end)}
    SELECT key, currency, tally, value FROM (${Prisma.join(sources, ' UNION ALL ')}) counted ORDER BY key, currency`;
  return lines(rows);
}

/** Where tallies come from: rows beside their item `c`, the day that each counts on, and what it adds to which tally. */
interface Source {
  readonly day: Prisma.Sql;
  readonly from: Prisma.Sql;
  readonly sums: Readonly<Partial<Record<Tally, Prisma.Sql>>>;
}

function sourcesOf({ start, end }: Stay): Source[] {
  const one = Prisma.sql`1`;
  const bookings = Prisma.sql`analytics.bookings b JOIN chosen c ON c.id = b.item_id`;
  /** Of an instant: the day it was where the item lies. Around the span first, which an index can find. */
  const on = (at: Prisma.Sql, rows: Prisma.Sql, filter: Prisma.Sql): Pick<Source, 'day' | 'from'> => {
    const day = Prisma.sql`(${at} AT TIME ZONE c.time_zone)::date`;
    const from = Prisma.sql`${rows}
      WHERE ${at} >= ${start}::date - interval '2 days' AND ${at} < ${end}::date + interval '2 days'
        AND ${day} >= ${start}::date AND ${day} < ${end}::date AND ${filter}`;
    return { day, from };
  };
  const dated = Prisma.sql`b.start_date IS NOT NULL`;
  const stays = Prisma.sql`${dated} AND c.kind <> 'flight'`;
  const was = (condition: Prisma.Sql, value = one) => Prisma.sql`CASE WHEN ${condition} THEN ${value} END`;
  const confirmed = Prisma.sql`b.confirmed_at IS NOT NULL`;
  return [
    {
      day: Prisma.sql`s.night`,
      from: Prisma.sql`supply s JOIN chosen c ON c.id = s.item_id`,
      sums: { available: Prisma.sql`s.available` },
    },
    {
      day: Prisma.sql`n.night`,
      from: Prisma.sql`booked_nights n JOIN chosen c ON c.id = n.item_id WHERE n.stands`,
      sums: { sold: Prisma.sql`n.quantity`, revenue: Prisma.sql`n.revenue` },
    },
    {
      ...on(Prisma.sql`b.opened_at`, bookings, Prisma.sql`true`),
      sums: {
        requests: one,
        decided: was(Prisma.sql`b.confirmed_at IS NOT NULL OR b.ended_at IS NOT NULL`),
        converted: was(confirmed),
      },
    },
    {
      ...on(Prisma.sql`b.confirmed_at`, bookings, Prisma.sql`true`),
      sums: {
        bookings: one,
        leads: was(dated),
        leadDays: Prisma.sql`b.start_date - (COALESCE(b.opened_at, b.confirmed_at) AT TIME ZONE c.time_zone)::date`,
        stays: was(stays),
        stayNights: was(stays, Prisma.sql`b.end_date - b.start_date`),
      },
    },
    {
      ...on(Prisma.sql`b.ended_at`, bookings, confirmed),
      sums: {
        noShows: was(Prisma.sql`b.state = 'NO_SHOW'`),
        cancellations: was(Prisma.sql`b.state <> 'NO_SHOW'`),
      },
    },
    {
      ...on(
        Prisma.sql`p.at`,
        Prisma.sql`analytics.payments p JOIN analytics.bookings b ON b.booking_id = p.booking_id
          JOIN chosen c ON c.id = b.item_id`,
        Prisma.sql`p.kind IN ('captured', 'refunded')`,
      ),
      sums: {
        captured: was(Prisma.sql`p.kind = 'captured'`, Prisma.sql`p.amount`),
        refunded: was(Prisma.sql`p.kind = 'refunded'`, Prisma.sql`p.amount`),
      },
    },
  ];
}

/**
 * Summed up by key and currency before the tallies become rows: a year of 300,000 bookings took 4.3 s that way on a busy
 * machine, and 7.4 s with a row for each booking and tally.
 */
function summedUp(key: Prisma.Sql, from: Prisma.Sql, sums: Source['sums']): Prisma.Sql {
  const entries = Object.entries(sums).map(([name, sum], n) => ({ name, sum, column: Prisma.raw(`v${n}`) }));
  const columns = entries.map(({ sum, column }) => Prisma.sql`COALESCE(sum(${sum}), 0)::float8 AS ${column}`);
  const values = entries.map(({ name, column }) => Prisma.sql`(${name}, ${column})`);
  return Prisma.sql`
    SELECT g.key, g.currency, f.tally, f.value
    FROM (SELECT ${key} AS key, c.currency, ${Prisma.join(columns)} FROM ${from} GROUP BY 1, 2) g
    CROSS JOIN LATERAL (VALUES ${Prisma.join(values)}) f (tally, value)`;
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
