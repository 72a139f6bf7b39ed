import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnobtainableError } from './obtain';
import { findOnPath, runTool } from './run-tool';

/**
 * Unpacks packages of the Debian release that runs here into `folder` (`usr/bin/…` and so on), with apt's sources but
 * without installing anything and without being root.
 * @throws {UnobtainableError} where there is no apt
 * @throws {ToolError} with what apt said last
 */
export async function unpackDebianPackages(
  names: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const apt = findOnPath('apt-get');
  if (!apt || !findOnPath('dpkg-deb')) throw new UnobtainableError('there is no apt-get here');
  const packages = join(folder, 'packages');
  // Lists of its own: those of the system may be missing, and only root may fetch them.
  const lists = join(folder, 'lists');
  for (const needed of [packages, join(lists, 'partial')]) mkdirSync(needed, { recursive: true });
  const own = ['-q', '-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${folder}`];
  await runTool(apt, [...own, 'update'], { signal });
  await runTool(apt, [...own, 'download', ...names], { cwd: packages, signal });
  for (const file of readdirSync(packages)) {
    await runTool('dpkg-deb', ['--extract', join(packages, file), folder], { signal });
  }
}
