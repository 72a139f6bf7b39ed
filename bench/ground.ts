import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { Ground } from './contender';
import type { BenchServices } from './services';

/** What contenders stand on; workflow code is bundled once for all that run the same. */
export function groundOn(services: BenchServices, folder: string): Ground {
  const bundles = new Map<string, Promise<string>>();
  return {
    folder,
    temporalAddress: services.temporalAddress,
    kafkaBrokers: services.kafkaBrokers,
    postgres: services.postgres,
    freshDatabase: (name) => services.freshDatabase(name),
    bundle(workflowsPath) {
      const known = bundles.get(workflowsPath);
      if (known) return known;
      const made = bundleInto(join(folder, `workflows-${bundles.size}.js`), workflowsPath);
      bundles.set(workflowsPath, made);
      return made;
    },
  };
}

async function bundleInto(file: string, workflowsPath: string): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  await writeFile(file, code);
  return file;
}
