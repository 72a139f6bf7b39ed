import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { canTellCpu, cpuOf } from './cpu';

/** A process of a contender. */
export interface Child {
  readonly name: string;
  /** Rejects when the process ends without having been asked to. */
  readonly failed: Promise<never>;
  /** Processor time so far, milliseconds. */
  cpu(): number;
  /** Resolves with the first message it sends for which `pick` answers something. */
  message<Picked>(pick: (message: unknown) => Picked | undefined): Promise<Picked>;
  onMessage(listen: (message: unknown) => void): void;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  /** Compiled script. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly nodeFlags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const GRACE_MS = 15_000;
const TAIL_LINES = 15;

/** Starts a Node process with a message channel; what it prints goes to its log file. */
export function startChild(options: ChildOptions): Child {
  const { name, script, args = [], nodeFlags, env, logFile } = options;
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, ['--enable-source-maps', ...nodeFlags, script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) => resolve(`ended (${signal ?? code})`));
  });
  const failed = new Promise<never>((_, reject) => {
    void ended.then((how) => {
      if (!stopping) reject(new Error(`${name} ${how}. Last lines of its log:\n${tail(logFile)}`));
    });
  });
  failed.catch(() => undefined); // heard by whoever waits for this child
  return {
    name,
    failed,
    cpu: () => (canTellCpu && child.pid !== undefined ? cpuOf(child.pid) : Number.NaN),
    message: (pick) => Promise.race([failed, firstMessage(child, pick)]),
    onMessage: (listen) => void child.on('message', listen),
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function firstMessage<Picked>(
  child: ChildProcess,
  pick: (message: unknown) => Picked | undefined,
): Promise<Picked> {
  return new Promise((resolve) => {
    const hear = (message: unknown) => {
      const picked = pick(message);
      if (picked === undefined) return;
      child.off('message', hear);
      resolve(picked);
    };
    child.on('message', hear);
  });
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
