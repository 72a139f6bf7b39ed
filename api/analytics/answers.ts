import { changeOf, NOTHING_COUNTED } from '../../domain/analytics/figures';
import { addDays, countNights, type Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import { Prisma } from '../../prisma/generated/client';
import { type Figures, type ReportLine, TRENDS, type TrendLine } from './schemas';
import { type Grouping, type TallyLine, tally } from './tally';
import { figuresView } from './view';

export interface FiguresLine extends Figures {
  readonly key: string;
  readonly currency: string;
}

/** The figures of some items, a line for each key and currency. */
export async function figuresOf(database: Database, items: Prisma.Sql, span: Stay, grouping: Grouping) {
  const counted = await tally(database, items, span, grouping);
  return { lines: counted.map(line), countedUntil: await countedUntil(database) };
}

/** The figures of a span beside those of as many days before it. */
export async function trendsOf(database: Database, items: Prisma.Sql, span: Stay, grouping: Grouping) {
  const beforeFrom = addDays(span.start, -countNights(span));
  const now = await tally(database, items, span, grouping);
  const before = await tally(database, items, { start: beforeFrom, end: span.start }, grouping);
  const keys = [...new Map([...now, ...before].map((one) => [`${one.key} ${one.currency}`, one])).values()];
  const lines = keys.map((which) => trend(which, figuresAt(now, which), figuresAt(before, which)));
  return { from: span.start, to: span.end, beforeFrom, countedUntil: await countedUntil(database), lines };
}

/** All figures, item by item, with what the item is. */
export async function reportOf(database: Database, items: Prisma.Sql, span: Stay) {
  const { lines, countedUntil: until } = await figuresOf(database, items, span, 'item');
  const known = await database.$queryRaw<{ id: string; name: string; kind: string; owner_id: string }[]>`
    SELECT i.id, i.name, i.kind, i.owner_id FROM booking.items i WHERE ${items}`;
  const byId = new Map(known.map((item) => [item.id, item]));
  const report = lines.flatMap(({ key, ...figures }): ReportLine[] => {
    const item = byId.get(key);
    return item
      ? [{ itemId: key, name: item.name, kind: item.kind, ownerId: item.owner_id, ...figures }]
      : [];
  });
  return { lines: report, countedUntil: until };
}

function line({ key, currency, counted }: TallyLine): FiguresLine {
  return { key, currency, ...figuresView(counted, currency) };
}

type Which = Pick<TallyLine, 'key' | 'currency'>;

function figuresAt(lines: readonly TallyLine[], { key, currency }: Which): Figures {
  const found = lines.find((one) => one.key === key && one.currency === currency);
  return figuresView(found?.counted ?? NOTHING_COUNTED, currency);
}

function trend({ key, currency }: Which, now: Figures, before: Figures): TrendLine {
  const compared = TRENDS.map((name) => [
    name,
    { now: now[name], before: before[name], change: changeOf(before[name], now[name]) },
  ]);
  return { key, currency, ...(Object.fromEntries(compared) as Omit<TrendLine, 'key' | 'currency'>) };
}

/** When the newest fact happened that was counted; what happened since is not in the figures yet. */
async function countedUntil(database: Database): Promise<string | null> {
  const [newest] = await database.$queryRaw<{ at: Date | null }[]>(
    Prisma.sql`SELECT max(at) AS at FROM analytics.changes`,
  );
  return newest?.at?.toISOString() ?? null;
}
