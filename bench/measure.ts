import type { Contender } from './contender';
import { type CpuAccount, cpuBetween } from './cpu';
import { type Journey, type Load, makeJourneys } from './journey';
import type { BenchServices } from './services';
import { type StatementCount, statementsBetween } from './statements';
import type { Wishes } from './stays';

/** One contender's bookings in one round, made one at a time or many at once. */
export interface Measurement {
  readonly journeys: readonly Journey[];
  /** From the first create call to the last CONFIRMED, milliseconds. */
  readonly elapsedMs: number;
  /** Processor time until everything was worked off, by process; milliseconds. */
  readonly cpu: CpuAccount;
  readonly statements: readonly StatementCount[] | undefined;
}

export async function measure(
  contender: Contender,
  services: BenchServices,
  wishes: Wishes,
  load: Load,
): Promise<Measurement> {
  const statementsBefore = await contender.statements();
  const cpu = () => ({ ...contender.cpu(), ...services.cpu() });
  const cpuBefore = cpu();
  const begun = performance.now();
  const journeys = await makeJourneys(contender, wishes, load);
  const elapsedMs = performance.now() - begun;
  await contender.settled();
  const cpuUsed = cpuBetween(cpuBefore, cpu());
  const statementsAfter = await contender.statements();
  return {
    journeys,
    elapsedMs,
    cpu: cpuUsed,
    statements: statementsBefore && statementsAfter && statementsBetween(statementsBefore, statementsAfter),
  };
}

/** Bookings a second, from the first create call to the last CONFIRMED. */
export function perSecond(measurements: readonly Measurement[]): number {
  const sum = (of: (one: Measurement) => number) => measurements.reduce((so, one) => so + of(one), 0);
  return (sum(({ journeys }) => journeys.length) / sum(({ elapsedMs }) => elapsedMs)) * 1000;
}
