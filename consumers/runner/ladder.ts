/** How long to wait before each further try of an event whose handler failed, milliseconds: 3.1 s in all. */
export const LADDER_MS = [100, 200, 400, 800, 1_600] as const;

/**
 * The pause after so many failures in a row, milliseconds.
 * @returns undefined where the last step has been climbed: the event is to be parked
 */
export function pauseAfter(failures: number): number | undefined {
  return LADDER_MS[failures - 1];
}

/** The same for infrastructure, which is waited for on the top step for as long as it takes. */
export function pauseForInfrastructure(failures: number): number {
  return pauseAfter(failures) ?? Math.max(...LADDER_MS);
}
