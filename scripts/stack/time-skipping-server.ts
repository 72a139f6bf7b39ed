import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './folders';
import { findJava, type JarSet, obtainJars } from './java';
import { obtain, UnobtainableError } from './obtain';
import { type Say, sayOnStderr } from './say';
import { downloadWithSdk } from './sdk-download';

const PROGRAM = 'temporal-test-server';
const VERSION = '1.38.0';

const JARS: JarSet = {
  name: `${PROGRAM}-${VERSION}-jars`,
  // The second one does nothing, and keeps the first from complaining that nothing is there to log with.
  roots: [`io.temporal:temporal-test-server:${VERSION}`, 'org.slf4j:slf4j-nop:1.7.36'],
  launcher: { file: PROGRAM, mainClass: 'io.temporal.testserver.TestServer' },
};

/**
 * Path of an executable for @temporalio/testing's `server: { executable: { type: 'existing-path', path } }`:
 * downloaded by the SDK, or the same server as jars where only a package registry can be reached.
 * @throws {UnobtainableError} when it cannot be downloaded and there is no Java or Maven either.
 */
export async function timeSkippingServerExecutable(
  say: Say = sayOnStderr,
  signal?: AbortSignal,
): Promise<string> {
  const options = { cache: cacheFolder(), say, signal };
  if (!existsSync(join(options.cache, JARS.name))) {
    try {
      const folder = await obtain(
        `${PROGRAM}-sdk`,
        'Getting the Temporal test server',
        options,
        async (unfinished) => {
          const refused = await downloadWithSdk('test-server', join(unfinished, PROGRAM));
          if (refused) throw new UnobtainableError(refused);
        },
      );
      return join(folder, PROGRAM);
    } catch (error) {
      if (!(error instanceof UnobtainableError)) throw error;
      say('The Temporal test server cannot be downloaded here: fetching its jars instead.');
    }
  }
  await findJava();
  return join(await obtainJars(JARS, options), PROGRAM);
}
