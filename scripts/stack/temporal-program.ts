import { join } from 'node:path';
import { findGo, goInstall } from './go';
import { type ObtainOptions, obtain, UnobtainableError } from './obtain';
import { findOnPath, runTool } from './run-tool';
import { downloadWithSdk } from './sdk-download';

/** The newest release of the CLI that `go install` accepts: later ones have a replace directive. */
const CLI_VERSION = 'v1.5.1';
/** Update-with-start, which the product creates bookings with, is complete from this server on. */
const OLDEST_SERVER = [1, 28] as const;

/**
 * The `temporal` program: from PATH, from the cache, downloaded by the Temporal SDK, or built with Go.
 * @throws {UnobtainableError} saying what each way lacked.
 */
export async function temporalProgram(options: ObtainOptions): Promise<string> {
  const onPath = findOnPath('temporal');
  if (onPath && (await isNewEnough(onPath, options))) return onPath;
  const folder = await obtain(
    `temporal-cli-${CLI_VERSION}`,
    'Getting the Temporal dev server',
    options,
    async (unfinished) => {
      const refused = await downloadWithSdk('dev-server', join(unfinished, 'temporal'));
      if (refused) await buildWithGo(unfinished, refused, options);
    },
  );
  return join(folder, 'temporal');
}

async function isNewEnough(program: string, { say }: ObtainOptions): Promise<boolean> {
  const version = await runTool(program, ['--version']).catch((error: Error) => error.message);
  const [major = 0, minor = 0] = (/Server (\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const enough = major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1]);
  if (!enough) {
    say(`Passing over ${program} (${version.trim()}): server ${OLDEST_SERVER.join('.')} or newer is needed.`);
  }
  return enough;
}

async function buildWithGo(folder: string, refused: string, { say, signal }: ObtainOptions): Promise<void> {
  const go = findGo();
  if (!go) {
    throw new UnobtainableError(
      `no \`temporal\` on PATH, the SDK's download failed (${refused.slice(0, 200)}), and there is no Go to build ` +
        'it with. Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.25 or newer',
    );
  }
  say(
    'The Temporal dev server cannot be downloaded here: building it with Go, which takes some minutes once.',
  );
  try {
    await goInstall(go, `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`, folder, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnobtainableError(`Go could not build it: ${(error as Error).message}`, { cause: error });
  }
}
