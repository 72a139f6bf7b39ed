import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity';

/** A lock file held by this process. */
export interface Lock {
  release(): void;
}

/** The live process that holds the lock; a dead holder's file counts as no lock. */
export function lockHolder(file: string): ProcessIdentity | undefined {
  const holder = readHolder(file);
  return holder && isAlive(holder) ? holder : undefined;
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The lock file ${file} cannot be read; remove it if no other command is running.`, {
      cause: error,
    });
  }
}

/** Takes the lock, or tells which live process holds it. */
export function tryLock(file: string): Lock | { readonly heldBy: ProcessIdentity } {
  mkdirSync(dirname(file), { recursive: true });
  const own = identify(process.pid);
  if (!own) throw new Error('This system does not tell when a process started.');
  // A link is made whole or not at all, so that a reader never sees a half-written lock.
  const claim = `${file}.${process.pid}`;
  writeFileSync(claim, JSON.stringify(own));
  try {
    for (;;) {
      try {
        linkSync(claim, file);
        return { release: () => releaseLock(file, own) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const heldBy = readHolder(file);
      if (heldBy && isAlive(heldBy)) return { heldBy };
      if (heldBy) bury(file, heldBy);
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

/** Removes a dead holder's lock, and never one that somebody else has taken in between. */
function bury(file: string, dead: ProcessIdentity): void {
  const grave = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, grave);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const buried = readHolder(grave);
  if (buried && buried.pid !== dead.pid) linkSync(grave, file);
  rmSync(grave, { force: true });
}

function releaseLock(file: string, own: ProcessIdentity): void {
  if (readHolder(file)?.pid === own.pid) rmSync(file, { force: true });
}

/** Runs `work` while holding the lock, waiting for it first; `onWait` is told once who has it. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holder: ProcessIdentity) => void = () => undefined,
  signal?: AbortSignal,
): Promise<T> {
  let told = false;
  for (;;) {
    const lock = tryLock(file);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (!told) onWait(lock.heldBy);
    told = true;
    await sleep(100, undefined, { signal });
  }
}
