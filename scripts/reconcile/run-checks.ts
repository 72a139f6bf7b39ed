import type { Check, Finding } from './finding';

export interface Reconciliation {
  readonly findings: readonly Finding[];
  readonly repaired: number;
}

/**
 * Runs every check, one after the other.
 * @param repair mends what is safe to mend; otherwise nothing is written
 * @param say told of each check as it is done
 */
export async function runChecks(
  checks: readonly Check[],
  repair: boolean,
  say: (line: string) => void,
): Promise<Reconciliation> {
  const all: Finding[] = [];
  let repaired = 0;
  for (const check of checks) {
    const findings = await check.find();
    say(`${findings.length === 0 ? 'ok  ' : 'BAD '} ${check.name}: ${check.rule}`);
    for (const finding of findings) {
      const mends = repair && finding.repair;
      if (mends) {
        await mends();
        repaired += 1;
      }
      const hint = mends ? ' (repaired)' : finding.repair ? ' (--repair mends this)' : '';
      say(`       ${finding.about} ${finding.text}${hint}`);
    }
    all.push(...findings);
  }
  return { findings: all, repaired };
}
