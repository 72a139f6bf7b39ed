import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './stack/folders';
import { provideRealParts } from './testing/provide';
import { removeThrowawayFolder, sweepAbandoned, throwawayFolder } from './testing/throwaway-stack';

const PURE_TESTS = /^(\.\/)?test\/domain(\/|$)/;

/** `npm test [-- jest arguments]`: the tests over real services that live as long as the run. */
async function main(args: string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort(new Error(`Interrupted (${signal}).`)));
  }
  if (arePure(args)) return runJest(args, {}, interrupted.signal);

  await sweepAbandoned();
  const folder = throwawayFolder(process.pid);
  try {
    const provided = await provideRealParts(folder, interrupted.signal);
    try {
      return await runJest(args, provided.environment, interrupted.signal);
    } finally {
      await provided.stop();
    }
  } finally {
    await removeThrowawayFolder(folder);
  }
}

/** Whether only tests of pure functions are asked for, which need nothing brought up. */
function arePure(args: string[]): boolean {
  const paths = args.filter((arg) => /^(\.\/)?test(\/|$)/.test(arg));
  return paths.length > 0 && paths.every((path) => PURE_TESTS.test(path));
}

function runJest(args: string[], environment: Record<string, string>, signal: AbortSignal): Promise<number> {
  const jest = join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(process.execPath, [jest, '--config', join(projectRoot, 'jest.config.cjs'), ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ...environment, NODE_ENV: 'test', LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent' },
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, by) => resolve(code ?? 128 + (by ? constants.signals[by] : 0)));
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  },
);
