import { join } from 'node:path';
import { cacheFolder } from './folders';
import { findJava, obtainJars } from './java';
import { type Say, sayOnStderr } from './say';

const LAUNCHER = 'temporal-test-server';

/**
 * Path of an executable for @temporalio/testing's `server: { executable: { type: 'existing-path', path } }`.
 * The SDK would download the same server as a binary, which needs more of the internet than a package registry.
 * @throws {UnobtainableError} when there is no Java, or Maven cannot fetch the server.
 */
export async function timeSkippingServerExecutable(
  say: Say = sayOnStderr,
  signal?: AbortSignal,
): Promise<string> {
  await findJava();
  const jars = await obtainJars(
    {
      name: 'temporal-test-server-1.38.0',
      roots: ['io.temporal:temporal-test-server:1.38.0'],
      launcher: { file: LAUNCHER, mainClass: 'io.temporal.testserver.TestServer' },
    },
    { cache: cacheFolder(), say, signal },
  );
  return join(jars, LAUNCHER);
}
