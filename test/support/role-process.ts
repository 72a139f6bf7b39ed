import { fork } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../scripts/stack/folders';
import { accepts, freePort } from '../../scripts/stack/ports';
import { until } from './until';

/** A role of the product in a process of its own, compiled as it ships. */
export interface RoleProcess {
  readonly pid: number;
  /** Resolves when the process reports that it came to this failpoint; FAILPOINTS must arm it. */
  reached(failpoint: string): Promise<void>;
  /** Resolves, with the exit code or the signal's name, when the process has ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Asks it to drain and end. */
  terminate(): void;
  /** Ends it without asking. Resolves when it is gone, also where it was already. */
  kill(): Promise<void>;
}

/** Starts the role that the environment names; resolves once it answers for its health. */
export async function spawnRole(environment: Readonly<Record<string, string>>): Promise<RoleProcess> {
  const port = environment.ROLE === 'api' ? Number(environment.PORT) : await freePort();
  const child = fork(join(projectRoot, 'dist', 'scripts', 'serve.js'), {
    env: { ...process.env, ...environment, ...(environment.ROLE !== 'api' && { HEALTH_PORT: String(port) }) },
    execArgv: ['--enable-source-maps'],
  });
  const reports = new Set<string>();
  child.on('message', (message: { failpoint?: string }) => {
    if (message.failpoint) reports.add(message.failpoint);
  });
  let end: number | NodeJS.Signals | undefined;
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('exit', (code, signal) => {
      end = signal ?? code ?? 0;
      resolve(end);
    });
  });
  await until(
    async () => ({ up: await accepts('127.0.0.1', port), end }),
    ({ up }) => up || end !== undefined,
  );
  if (end !== undefined) throw new Error(`${environment.ROLE} ended with ${end} instead of starting`);
  return {
    pid: child.pid ?? 0,
    async reached(failpoint) {
      await until(
        () => [...reports],
        (names) => names.includes(failpoint),
      );
    },
    ended,
    terminate: () => void child.kill('SIGTERM'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
