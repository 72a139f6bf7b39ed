import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { keepMessages, keptFolder, UNRELEASED } from './golden/keep';
import { projectRoot } from './stack/folders';
import { releasedWorkflowCode } from './workflow-bundle';

const USAGE = `Usage: npm run keep-release -- RELEASE
       npm run keep-release -- ${UNRELEASED}
Keeps what is released, once: what was released does not change.
  test/replay/code/RELEASE.js.gz  the workflow code: the tests open bookings under it and finish them under later code
  test/golden/RELEASE/            messages and their schemas: the tests refuse what would break their listeners
With \`${UNRELEASED}\`, keeps the messages as they are now until they are released, in place of those kept before.`;

/** `npm run keep-release -- 0.2.0` */
async function main([release, ...more]: string[]): Promise<void> {
  if (release === '--help') return void process.stdout.write(`${USAGE}\n`);
  if (release === undefined || more.length > 0) throw new Error(USAGE);
  if (release === UNRELEASED) {
    keepMessages(UNRELEASED);
    return void process.stdout.write(`${keptFolder(UNRELEASED)}\n`);
  }
  if (!/^\d+\.\d+\.\d+$/.test(release)) throw new Error(USAGE);
  const code = join(projectRoot, 'test', 'replay', 'code', `${release}.js.gz`);
  const messages = keptFolder(release);
  for (const kept of [code, messages]) {
    if (existsSync(kept)) throw new Error(`${kept} is there already; a release is kept once.`);
  }
  process.stdout.write('Bundling the workflow code …\n');
  await mkdir(dirname(code), { recursive: true });
  await writeFile(code, gzipSync(await releasedWorkflowCode(), { level: 9 }));
  keepMessages(release);
  // What it held is released now.
  await rm(keptFolder(UNRELEASED), { recursive: true, force: true });
  process.stdout.write(`${code}\n${messages}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
