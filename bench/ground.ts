import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { Ground } from './contender';
import type { BenchServices } from './services';

/** What contenders stand on; workflow code is bundled once for all that run the same. */
export function groundOn(services: BenchServices, folder: string, nodeFlags: readonly string[]): Ground {
  const bundles = new Map<string, Promise<string>>();
  return {
    folder,
    nodeFlags,
    temporalAddress: services.temporalAddress,
    kafkaBrokers: services.kafkaBrokers,
    postgres: services.postgres,
    freshDatabase: (name) => services.freshDatabase(name),
    bundle(workflowsPath, stackFrames) {
      const wanted = `${workflowsPath} ${stackFrames}`;
      const known = bundles.get(wanted);
      if (known) return known;
      const made = bundleInto(join(folder, `workflows-${bundles.size}.js`), workflowsPath, stackFrames);
      bundles.set(wanted, made);
      return made;
    },
  };
}

async function bundleInto(file: string, workflowsPath: string, stackFrames?: number): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  // Must run before the SDK freezes the sandbox's globals. On the first line, so that source maps keep their lines.
  const preface = stackFrames === undefined ? '' : `Error.stackTraceLimit = ${stackFrames};`;
  await writeFile(file, preface + code);
  return file;
}
