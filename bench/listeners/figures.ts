/** What the listeners' side of the product was seen to do; milliseconds where nothing else is said. */
export interface ListenerFigures {
  /** From the commit of a fact until the commit of a view that shows it, one entry per fact. */
  readonly commitToViewMs: readonly number[];
  readonly bookingsPerSecond: number;
  /** Of one core, by process of the product, during the same flow; NaN where that cannot be told. */
  readonly cpuShares: Readonly<Record<string, number>>;
  /** Messages that all groups together had not settled when they came back from a minute away. */
  readonly behind: number;
  /** From the start of their process until nothing was unsettled, seconds. */
  readonly caughtUpSeconds: number;
  /** Facts a second through the outbox, each with all its messages acknowledged and its row deleted. */
  readonly relayPerSecond: number;
  /** Messages a second of one group in one process, by how its transactions are cut. */
  readonly consumerPerSecond: Readonly<Record<Cut, number>>;
}

/** How a group's messages share transactions: as many as there are, or each its own. */
export const CUTS = ['batch', 'single'] as const;
export type Cut = (typeof CUTS)[number];

/** A count at a moment of `performance.now()`. */
export interface Sample {
  readonly at: number;
  readonly count: number;
}

/** What was worked off in a second, from the first sample that shows a move to the last one. */
export function perSecond(samples: readonly Sample[]): number {
  const [start] = samples;
  const begun = samples.findIndex(({ count }) => count !== start?.count);
  const first = samples[begun];
  const end = samples.at(-1);
  const last = samples.find(({ count }) => count === end?.count);
  if (!first || !last || last.at <= first.at) return Number.NaN;
  return (Math.abs(last.count - first.count) / (last.at - first.at)) * 1000;
}
