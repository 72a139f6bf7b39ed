import Table from 'cli-table3';
import type { Ratio } from './figures';
import type { Showing } from './rounds';
import {
  cpuByProcess,
  FIGURES,
  type Figure,
  overall,
  ratio,
  statementsOf,
  statementsPerBooking,
} from './summary';

const NONE = '–';
/** No lines between the rows. */
const CHARS = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
const QUERY_WIDTH = 90;

/** The closing table: each figure of each contender, and its ratio to the first one's. */
export function figuresTable(showings: readonly Showing[], events: readonly number[]): string {
  const [base, ...others] = showings;
  if (!base) return '';
  const table = new Table({
    head: ['', base.contender.name, ...others.flatMap(({ contender }) => [contender.name, 'ratio'])],
    colAligns: ['left', 'right', ...others.flatMap(() => ['right', 'right'] as const)],
    chars: CHARS,
    style: { head: [], border: [] },
  });
  for (const figure of Object.values(FIGURES)) {
    const values = showings.map((showing) => overall(figure, showing));
    if (values.every((value) => Number.isNaN(value))) continue;
    table.push([
      figure.label,
      shown(values[0], figure.decimals),
      ...others.flatMap((showing, n) => [
        shown(values[n + 1], figure.decimals),
        tellsNothing(values[0], values[n + 1]) ? NONE : shownRatio(ratio(figure, showing, base)),
      ]),
    ]);
  }
  table.push([
    'history events up to CONFIRMED',
    shown(events[0], 0),
    ...others.flatMap((_, n) => [shown(events[n + 1], 0), shown((events[n + 1] ?? 0) / (events[0] ?? 0), 2)]),
  ]);
  return table.toString();
}

/** What the figures of each contender are made of. */
export function breakdown(showing: Showing): string[] {
  const { contender, singles, crowds } = showing;
  const lines = [`${contender.name}: CPU ms a booking, many at once: ${listed(cpuByProcess(showing))}`];
  const roles = [
    ...new Set(singles.flatMap(({ statements }) => statements ?? []).map(({ role }) => role)),
  ].sort();
  for (const [way, measurements] of [
    ['one at a time', singles],
    ['many at once', crowds],
  ] as const) {
    const counts = roles.map((role): [string, number] => [role, statementsPerBooking(measurements, role)]);
    if (counts.length > 0) lines.push(`${contender.name}: statements a booking, ${way}: ${listed(counts)}`);
  }
  return lines;
}

/** Each statement that a booking has the database run, one at a time. */
export function statementsTable(showing: Showing): string {
  const table = new Table({
    head: ['role', 'a booking', 'ms each', 'statement'],
    colAligns: ['left', 'right', 'right', 'left'],
    chars: CHARS,
    style: { head: [], border: [] },
  });
  for (const { role, query, perBooking, msEach } of statementsOf(showing)) {
    const text = query.replaceAll(/\s+/g, ' ').slice(0, QUERY_WIDTH);
    table.push([role, perBooking.toFixed(2), msEach.toFixed(2), text]);
  }
  return table.toString();
}

/** The figures for machines. */
export function asJson(showings: readonly Showing[], events: readonly number[]) {
  const [base] = showings;
  const named = Object.entries<Figure>(FIGURES);
  return showings.map((showing, n) => ({
    contender: showing.contender.name,
    rounds: showing.singles.length,
    figures: Object.fromEntries(named.map(([name, figure]) => [name, overall(figure, showing)])),
    ratios:
      base && showing !== base
        ? Object.fromEntries(named.map(([name, figure]) => [name, ratio(figure, showing, base)]))
        : undefined,
    cpuByProcess: Object.fromEntries(cpuByProcess(showing)),
    historyEvents: events[n],
  }));
}

function listed(entries: readonly (readonly [string, number])[]): string {
  return entries.map(([name, value]) => `${name} ${value.toFixed(1)}`).join(', ');
}

function shown(value: number | undefined, decimals: number): string {
  return value === undefined || Number.isNaN(value) ? NONE : value.toFixed(decimals);
}

/** A ratio to next to nothing is noise: the empty saga does not use Postgres at all. */
function tellsNothing(base = 0, value = 0): boolean {
  return base < value / 10;
}

function shownRatio({ middle, lowest, highest }: Ratio): string {
  if (![middle, lowest, highest].every(Number.isFinite)) return NONE;
  return `${middle.toFixed(2)} (${lowest.toFixed(2)}–${highest.toFixed(2)})`;
}
