import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { projectRoot } from './stack/folders';

const WORKFLOWS = join(projectRoot, 'workflows', 'index.ts');

/** Bundles the workflow code once for all workers that are to run it, and returns the file. */
export async function writeWorkflowBundle(file: string): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('WARN') });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
  return file;
}

/** The same code as small as it gets and without a source map, which would name this machine's folders. */
export async function releasedWorkflowCode(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: (config) => ({ ...config, mode: 'production', devtool: false }),
  });
  return code;
}
