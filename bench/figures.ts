/** The value below which the share `p` (0 to 1) of the values lies; NaN of none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** How a figure of one contender compares to another's, over the rounds. */
export interface Ratio {
  /** Median of the rounds' ratios: a burst of other work on the machine spoils one round, not the figure. */
  readonly middle: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Ratio of two figures that were taken in the same rounds, in the same order. */
export function ratioOf(figure: readonly number[], base: readonly number[]): Ratio {
  const ratios = figure.map((value, round) => value / (base[round] ?? Number.NaN));
  return { middle: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}
