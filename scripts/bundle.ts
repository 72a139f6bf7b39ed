import { dirname, join } from 'node:path';
import { writeWorkflowBundle } from './workflow-bundle';

/** Bundles the workflows into dist/, so that a worker of the image starts without webpack at work. */
writeWorkflowBundle(join(dirname(__dirname), 'workflow-bundle.js')).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
