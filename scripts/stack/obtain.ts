import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock';
import { identify } from './process-identity';
import { type Say, withProgress } from './say';

/** Where to fetch into, whom to tell, and when to give up. */
export interface ObtainOptions {
  readonly cache: string;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/** Something the service needs cannot be had here; `message` names it and how to get it. */
export class UnobtainableError extends Error {
  override readonly name = 'UnobtainableError';
}

/**
 * A folder of the cache that is fetched or built once and then kept for good.
 *
 * `build` works in a folder of its own, which takes its final name only when it is whole: an interrupted
 * download leaves nothing that looks finished. Two processes that need the same thing build it once.
 * @param name with the version in it, so that a newer version is another folder.
 */
export async function obtain(
  name: string,
  what: string,
  options: ObtainOptions,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const { cache, say, signal } = options;
  const target = join(cache, name);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  return withLock(
    join(cache, `${name}.lock`),
    async () => {
      if (existsSync(target)) return target;
      removeLeftovers(cache, name);
      const unfinished = join(cache, `${name}.unfinished-${process.pid}`);
      mkdirSync(unfinished);
      try {
        await withProgress(what, say, () => build(unfinished));
        renameSync(unfinished, target);
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
      }
      return target;
    },
    (holder) => say(`${what}: waiting for process ${holder.pid}, which is at it`),
    signal,
  );
}

function removeLeftovers(cache: string, name: string): void {
  for (const entry of readdirSync(cache)) {
    const pid = entry.startsWith(`${name}.unfinished-`) ? Number(entry.split('-').at(-1)) : undefined;
    if (pid && !identify(pid)) rmSync(join(cache, entry), { recursive: true, force: true });
  }
}
