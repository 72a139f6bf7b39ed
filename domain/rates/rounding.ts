/*
 * The one rounding rule: an amount that a percentage makes is worked out exactly and rounded once, to the nearest minor
 * unit, a half upwards. Amounts here are never negative. Exact means BigInt: five percentages in a row pass what a
 * double holds.
 */
const WHOLE = 10_000n;

/** `amount` changed by each of these shares in turn, in basis points: 1500 is 15 % more, -1000 is 10 % less. */
export function changedBy(amount: number, changesBasisPoints: readonly number[]): number {
  const exact = changesBasisPoints.reduce(
    (product, change) => product * (WHOLE + BigInt(change)),
    BigInt(amount),
  );
  return nearest(exact, WHOLE ** BigInt(changesBasisPoints.length));
}

export function shareOf(amount: number, basisPoints: number): number {
  return nearest(BigInt(amount) * BigInt(basisPoints), WHOLE);
}

/** How much of `gross` is this tax, where all taxes in it make up `allBasisPoints` of the net. */
export function containedIn(gross: number, basisPoints: number, allBasisPoints: number): number {
  return nearest(BigInt(gross) * BigInt(basisPoints), WHOLE + BigInt(allBasisPoints));
}

/** The whole amount nearest to `amount / count`. */
export function averageOf(amount: number, count: number): number {
  return nearest(BigInt(amount), BigInt(count));
}

function nearest(numerator: bigint, denominator: bigint): number {
  return Number((2n * numerator + denominator) / (2n * denominator));
}
