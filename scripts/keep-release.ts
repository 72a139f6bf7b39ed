import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from './stack/folders';
import { releasedWorkflowCode } from './workflow-bundle';

const USAGE = `Usage: npm run keep-release -- RELEASE
Keeps the workflow code as it is released, so that the tests can open bookings under it and finish them under the code
that comes later. Writes test/replay/code/RELEASE.js.gz, once: what was released does not change.`;

/** `npm run keep-release -- 0.2.0` */
async function main([release, ...more]: string[]): Promise<void> {
  if (release === '--help') return void process.stdout.write(`${USAGE}\n`);
  if (!release || more.length > 0 || !/^\d+\.\d+\.\d+$/.test(release)) throw new Error(USAGE);
  const file = join(projectRoot, 'test', 'replay', 'code', `${release}.js.gz`);
  if (existsSync(file)) throw new Error(`${file} is there already; a release is kept once.`);
  process.stdout.write('Bundling the workflow code …\n');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, gzipSync(await releasedWorkflowCode(), { level: 9 }));
  process.stdout.write(`${file}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
