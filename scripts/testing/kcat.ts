import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../stack/folders';
import { type ObtainOptions, obtain, UnobtainableError } from '../stack/obtain';
import { findOnPath, runTool } from '../stack/run-tool';
import type { Say } from '../stack/say';

/** Debian's package of it. */
const PACKAGE = 'kcat';

/**
 * Where `kcat` is, a Kafka client that has nothing to do with the product's own: on PATH, in the cache, or unpacked there
 * from its Debian package, for which nobody has to be root. Where it cannot be had the run goes on, and the tests that
 * need it fail by KCAT_MISSING.
 */
export async function provideKcat(say: Say, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
  try {
    return { KCAT: await kcatProgram({ cache: cacheFolder(), say, signal }) };
  } catch (error) {
    if (signal.aborted) throw error;
    const why = (error as Error).message;
    say(`No kcat: ${why}. The tests that listen as a stranger will fail.`);
    return { KCAT_MISSING: why };
  }
}

async function kcatProgram(options: ObtainOptions): Promise<string> {
  const onPath = findOnPath(PACKAGE);
  if (onPath) return onPath;
  const folder = await obtain(
    `kcat-${await distribution()}-${process.arch}`,
    'Unpacking kcat from its Debian package',
    options,
    (unfinished) => unpackPackage(unfinished, options.signal),
  );
  return join(folder, PACKAGE);
}

/** As `debian-bookworm`: the package needs the libraries of the system that it was built for. */
async function distribution(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const value = (name: string) => new RegExp(`^${name}="?([\\w.-]+)"?$`, 'm').exec(release)?.[1] ?? 'unknown';
  return `${value('ID')}-${value('VERSION_CODENAME')}`;
}

/** The package, with those libraries it needs that the system does not have, and a script that runs it with them. */
async function unpackPackage(folder: string, signal: AbortSignal | undefined): Promise<void> {
  if (!findOnPath('apt-get') || !findOnPath('dpkg-deb')) {
    throw new UnobtainableError(
      'there is no `kcat` on PATH and no apt to get it with. Install kcat (https://github.com/edenhill/kcat)',
    );
  }
  const [lists, cache, root] = [join(folder, 'lists'), join(folder, 'apt'), join(folder, 'root')];
  const archives = join(cache, 'archives');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  // Lists of its own: those of a fresh machine are often empty, and only root may fill them.
  const options = [
    ...[`Dir::State::lists=${lists}`, `Dir::Cache=${cache}`, `Dir::Cache::archives=${archives}`],
    ...['Debug::NoLocking=true', 'APT::Sandbox::User='],
  ].flatMap((option) => ['-o', option]);
  const apt = (...args: string[]) => runTool('apt-get', [...options, ...args], { signal });
  await apt('update');
  await apt('install', '--download-only', '--no-install-recommends', '--yes', PACKAGE);
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await runTool('dpkg-deb', ['-x', join(archives, file), root], { signal });
  }
  await Promise.all([lists, cache].map((one) => rm(one, { recursive: true, force: true })));
  const script = `#!/bin/sh
here=$(dirname "$0")/root
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu* "$here"/lib/*-linux-gnu* | tr ' ' :) exec "$here/usr/bin/${PACKAGE}" "$@"
`;
  await writeFile(join(folder, PACKAGE), script, { mode: 0o755 });
  await runTool(join(folder, PACKAGE), ['-V'], { signal }); // what does not run is not kept
}
