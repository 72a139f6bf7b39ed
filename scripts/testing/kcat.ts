import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from '../stack/debian-package';
import { cacheFolder } from '../stack/folders';
import { type ObtainOptions, obtain, UnobtainableError } from '../stack/obtain';
import { findOnPath, runTool, ToolError } from '../stack/run-tool';
import type { Say } from '../stack/say';

/** Runs what was unpacked beside it, with the libraries that came along. */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu* "$here"/lib/*-linux-gnu* | tr ' ' :) exec "$here/usr/bin/kcat" "$@"
`;

/**
 * Where `kcat` is, a Kafka client that has nothing to do with the product's own. Where it cannot be had the run goes on,
 * and the tests that need it fail by KCAT_MISSING.
 */
export async function provideKcat(say: Say, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
  try {
    return { KCAT: await kcat({ cache: cacheFolder(), say, signal }) };
  } catch (error) {
    if (signal.aborted) throw error;
    const why = (error as Error).message;
    say(`No kcat: ${why}. The tests that listen as a stranger will fail.`);
    return { KCAT_MISSING: why };
  }
}

/**
 * From PATH, from the cache, or from Debian.
 * @throws {UnobtainableError} with how to get it
 */
async function kcat(options: ObtainOptions): Promise<string> {
  const onPath = findOnPath('kcat');
  if (onPath) return onPath;
  const folder = await obtain('kcat', 'Getting kcat', options, async (unfinished) => {
    try {
      await unpackDebianPackages(['kcat'], unfinished, options.signal, 'with-needed');
      for (const spare of ['packages', 'lists', 'usr/share']) {
        rmSync(join(unfinished, spare), { recursive: true });
      }
      const launcher = join(unfinished, 'kcat');
      writeFileSync(launcher, LAUNCHER, { mode: 0o755 });
      await runTool(launcher, ['-V'], { signal: options.signal }); // what does not run is not kept
    } catch (error) {
      if (!(error instanceof UnobtainableError || error instanceof ToolError)) throw error;
      throw new UnobtainableError(
        `there is no kcat on PATH, and not Debian's package either (${error.message}). Install kcat ` +
          '(https://github.com/edenhill/kcat)',
      );
    }
  });
  return join(folder, 'kcat');
}
