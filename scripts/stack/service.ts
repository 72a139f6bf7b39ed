import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { endProcess, identify, type ProcessIdentity, signalProcess } from './process-identity';
import type { Say } from './say';

/** What every start of a service may be given besides its own settings. */
export interface StartContext {
  readonly say?: Say;
  /** Gives up starting, and ends what was started. */
  readonly signal?: AbortSignal | undefined;
  /** Told as soon as the process exists, so that it can be found again should this one die meanwhile. */
  readonly onSpawn?: (process: ServiceProcess) => void;
}

/** How to find a service's process again, and how to end it. */
export interface ServiceProcess {
  readonly identity: ProcessIdentity;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
}

/** A Postgres, Kafka or Temporal that this process started. */
export interface RunningService {
  /** `host:port` clients connect to. */
  readonly address: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves, in words, when the process has ended, for whatever reason. */
  readonly ended: Promise<string>;
  /** Asks it to shut down cleanly; killed when it takes too long. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): void;
}

export interface ServiceCommand {
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly address: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
}

/** A service that ended before it was ready; `message` holds the end of its log. */
export class ServiceDiedError extends Error {
  override readonly name = 'ServiceDiedError';
}

const READY_WITHIN_MS = 90_000;
const TAIL_LINES = 12;

/**
 * Starts a service in a process group of its own, so that Ctrl-C at the terminal reaches the product first and
 * the services only through it, and waits until `ready` resolves.
 * @throws {ServiceDiedError} when it ends, or is not ready within 90 s.
 */
export async function startService(
  service: ServiceCommand,
  ready: (signal: AbortSignal) => Promise<void>,
  { signal, onSpawn }: StartContext = {},
): Promise<RunningService> {
  const { what, address, logFile, stopSignal, graceMs } = service;
  const child = spawnDetached(service);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`could not be started: ${error.message}`));
    child.on('exit', (code, by) => resolve(by ? `was ended by ${by}` : `ended with code ${code}`));
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (!identity) throw new ServiceDiedError(`${what} ${await ended}${tailOf(logFile)}`);
  onSpawn?.({ identity, stopSignal, graceMs });

  const given = new AbortController();
  const limit = AbortSignal.timeout(READY_WITHIN_MS);
  const probe = AbortSignal.any([given.signal, limit, ...(signal ? [signal] : [])]);
  try {
    await Promise.race([
      ready(probe),
      ended.then((how) => Promise.reject(new ServiceDiedError(`${what} ${how}.${tailOf(logFile)}`))),
    ]);
  } catch (error) {
    await endProcess(identity, 'SIGKILL', 5_000);
    if (!limit.aborted) throw error;
    const seconds = READY_WITHIN_MS / 1000;
    throw new ServiceDiedError(`${what} was not ready within ${seconds} s.${tailOf(logFile)}`, {
      cause: error,
    });
  } finally {
    given.abort();
  }
  return {
    address,
    pid: identity.pid,
    logFile,
    ended,
    stop: async () => void (await endProcess(identity, stopSignal, graceMs)),
    kill: () => killGroup(identity),
  };
}

function spawnDetached({ command, args, cwd, env, uid, gid, logFile }: ServiceCommand): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  try {
    return spawn(command, args, { cwd, env, uid, gid, detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

function killGroup(identity: ProcessIdentity): void {
  if (!signalProcess(identity, 'SIGKILL')) return;
  try {
    process.kill(-identity.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The last lines of a service's log, introduced by where the rest is; empty when there is none. */
export function tailOf(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
    return lines.join('').trim() ? `\nLast lines of ${logFile}:\n  ${lines.join('\n  ')}` : '';
  } catch {
    return ''; // nothing was written
  }
}
