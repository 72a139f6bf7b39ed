import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from '../stack/debian-package';
import { findGo, goInstall } from '../stack/go';
import { type ObtainOptions, obtain, UnobtainableError } from '../stack/obtain';
import { findOnPath, ToolError } from '../stack/run-tool';

/** Built with Go where there are no Debian packages. */
const MODULE = 'github.com/prometheus/prometheus/cmd/promtool@v0.53.5';

/**
 * Prometheus' own program for checking and testing rules: from PATH, from the cache, from Debian, or built with Go.
 * @throws {UnobtainableError} with how to get it
 */
export async function promtool(options: ObtainOptions): Promise<string> {
  const onPath = findOnPath('promtool');
  if (onPath) return onPath;
  const folder = await obtain('promtool', 'Getting promtool', options, async (unfinished) => {
    try {
      await unpackDebianPackages(['prometheus'], unfinished, options.signal);
      for (const spare of ['packages', 'lists', 'usr/bin/prometheus', 'usr/share']) {
        rmSync(join(unfinished, spare), { recursive: true });
      }
    } catch (error) {
      if (!(error instanceof UnobtainableError || error instanceof ToolError)) throw error;
      const go = findGo();
      if (!go) {
        throw new UnobtainableError(
          `there is no promtool on PATH, and neither Debian's package (${error.message}) nor Go to build it with. ` +
            'Install Prometheus (https://prometheus.io/download) or Go',
        );
      }
      await goInstall(go, MODULE, join(unfinished, 'usr', 'bin'), options.signal);
    }
  });
  return join(folder, 'usr', 'bin', 'promtool');
}
