import { percentile, type Ratio, ratioOf } from './figures';
import { type Measurement, perSecond } from './measure';
import type { Showing } from './rounds';
import { sumStatements } from './statements';

/** A line of the closing table. */
export interface Figure {
  readonly label: string;
  readonly decimals: number;
  /** One contender's figure over these rounds; NaN where it has none. */
  readonly of: (rounds: Omit<Showing, 'contender'>) => number;
}

/** Processor time of these is the product's own; the rest is the services'. */
export const SERVICES = ['temporal', 'postgres', 'kafka'] as const;

const all = (measurements: readonly Measurement[]) => measurements.flatMap(({ journeys }) => journeys);
const journeys = (measurements: readonly Measurement[]) =>
  all(measurements).map(({ journeyMs }) => journeyMs);
const creates = (measurements: readonly Measurement[]) => all(measurements).map(({ createMs }) => createMs);
const perBooking = (measurements: readonly Measurement[], of: (one: Measurement) => number) =>
  measurements.reduce((sum, one) => sum + of(one), 0) / all(measurements).length;

/** Statements of a booking. */
export function statementsPerBooking(measurements: readonly Measurement[], role?: string): number {
  return perBooking(measurements, ({ statements }) =>
    (statements ?? [{ role, calls: Number.NaN }])
      .filter((count) => role === undefined || count.role === role)
      .reduce((sum, { calls }) => sum + calls, 0),
  );
}

function cpuPerBooking(measurements: readonly Measurement[], wants: (process: string) => boolean): number {
  return perBooking(measurements, ({ cpu }) =>
    Object.entries(cpu)
      .filter(([process]) => wants(process))
      .reduce((sum, [, ms]) => sum + ms, 0),
  );
}

const isService = (process: string) => SERVICES.some((service) => service === process);

export const FIGURES = {
  journeyP50: {
    label: 'journey p50, one at a time, ms',
    decimals: 0,
    of: ({ singles }) => percentile(journeys(singles), 0.5),
  },
  journeyP95: {
    label: 'journey p95, one at a time, ms',
    decimals: 0,
    of: ({ singles }) => percentile(journeys(singles), 0.95),
  },
  createP50: {
    label: 'create call p50, one at a time, ms',
    decimals: 0,
    of: ({ singles }) => percentile(creates(singles), 0.5),
  },
  createP95: {
    label: 'create call p95, one at a time, ms',
    decimals: 0,
    of: ({ singles }) => percentile(creates(singles), 0.95),
  },
  perSecond: {
    label: 'bookings a second, many at once',
    decimals: 1,
    of: ({ crowds }) => perSecond(crowds),
  },
  instantPerSecond: {
    label: 'instant bookings a second, many at once',
    decimals: 1,
    of: ({ instants }) => perSecond(instants),
  },
  crowdedCreateP95: {
    label: 'create call p95, many at once, ms',
    decimals: 0,
    of: ({ crowds }) => percentile(creates(crowds), 0.95),
  },
  statementsSingle: {
    label: 'statements a booking, one at a time',
    decimals: 1,
    of: ({ singles }) => statementsPerBooking(singles),
  },
  statementsCrowd: {
    label: 'statements a booking, many at once',
    decimals: 1,
    of: ({ crowds }) => statementsPerBooking(crowds),
  },
  cpuOwn: {
    label: 'CPU ms a booking, many at once: own processes',
    decimals: 1,
    of: ({ crowds }) => cpuPerBooking(crowds, (process) => !isService(process)),
  },
  cpuTemporal: {
    label: 'CPU ms a booking, many at once: Temporal',
    decimals: 1,
    of: ({ crowds }) => cpuPerBooking(crowds, (process) => process === 'temporal'),
  },
  cpuPostgres: {
    label: 'CPU ms a booking, many at once: Postgres',
    decimals: 1,
    of: ({ crowds }) => cpuPerBooking(crowds, (process) => process === 'postgres'),
  },
  cpuKafka: {
    label: 'CPU ms a booking, many at once: Kafka',
    decimals: 1,
    of: ({ crowds }) => cpuPerBooking(crowds, (process) => process === 'kafka'),
  },
  cpuAll: {
    label: 'CPU ms a booking, many at once: all of it',
    decimals: 1,
    of: ({ crowds }) => cpuPerBooking(crowds, () => true),
  },
  repeats: {
    label: 'calls repeated after 503, a booking, many at once',
    decimals: 2,
    of: ({ crowds }) => all(crowds).reduce((sum, { repeats }) => sum + repeats, 0) / all(crowds).length,
  },
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof FIGURES;

/** A contender's figure over all rounds. */
export function overall(figure: Figure, showing: Showing): number {
  return figure.of(showing);
}

/** How it compares to another contender's, round by round. */
export function ratio(figure: Figure, showing: Showing, base: Showing): Ratio {
  return ratioOf(byRound(figure, showing), byRound(figure, base));
}

function byRound(figure: Figure, { singles, crowds, instants }: Showing): number[] {
  return singles.map((single, round) =>
    figure.of({
      singles: [single],
      crowds: crowds.slice(round, round + 1),
      instants: instants.slice(round, round + 1),
    }),
  );
}

/** CPU per booking of each of a contender's own processes, many at once. */
export function cpuByProcess({ crowds }: Showing): [string, number][] {
  const names = Object.keys(crowds[0]?.cpu ?? {}).filter((name) => !isService(name));
  return names.map((name) => [name, cpuPerBooking(crowds, (process) => process === name)]);
}

/** A contender's statements in the one-at-a-time parts, most frequent first. */
export function statementsOf({ singles }: Showing) {
  const count = all(singles).length;
  return sumStatements(singles.flatMap(({ statements }) => statements ?? []))
    .map(({ role, query, calls, ms }) => ({ role, query, perBooking: calls / count, msEach: ms / calls }))
    .toSorted((one, other) => other.perBooking - one.perBooking);
}
