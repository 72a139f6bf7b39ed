import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in milliseconds, by what used it. */
export type CpuAccount = Readonly<Record<string, number>>;

/** Linux counts in hundredths of a second, whatever the kernel's own tick (USER_HZ). */
const MS_PER_TICK = 10;

/** Whether processor time can be told here. */
export const canTellCpu = process.platform === 'linux';

/** User and system time of a process with all its threads, and of the children it has reaped; milliseconds. */
export function cpuOf(pid: number): number {
  return (statOf(pid)?.ticks ?? 0) * MS_PER_TICK;
}

/** The same for a process and its living children: Postgres is one process per connection. */
export function cpuOfFamily(pid: number): number {
  let ticks = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(Number(entry));
    if (stat && (Number(entry) === pid || stat.parent === pid)) ticks += stat.ticks;
  }
  return ticks * MS_PER_TICK;
}

/** What was used between two readings. */
export function cpuBetween(before: CpuAccount, after: CpuAccount): CpuAccount {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}

function statOf(pid: number): { parent: number; ticks: number } | undefined {
  const text = readStat(pid);
  if (text === undefined) return undefined;
  // The command name may hold spaces and brackets: the fields begin after its last bracket. See proc_pid_stat(5).
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, ticks: utime + stime + cutime + cstime };
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // it ended
  }
}
