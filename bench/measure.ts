import type { Contender } from './contender';
import { type CpuAccount, cpuBetween } from './cpu';
import { type Journey, makeJourneys } from './journey';
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

export interface Load {
  readonly count: number;
  readonly atOnce: number;
}

export async function measure(
  contender: Contender,
  services: BenchServices,
  wishes: Wishes,
  { count, atOnce }: Load,
): Promise<Measurement> {
  const statementsBefore = await contender.statements();
  const cpu = () => ({ ...contender.cpu(), ...services.cpu() });
  const cpuBefore = cpu();
  const begun = performance.now();
  const journeys = await makeJourneys(contender, wishes, count, atOnce);
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
