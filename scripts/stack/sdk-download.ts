import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/** The two servers that the Temporal SDK knows how to download for this machine. */
const SERVERS = {
  'dev-server': (executable: Executable) => TestWorkflowEnvironment.createLocal({ server: { executable } }),
  'test-server': (executable: Executable) =>
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }),
} as const;

interface Executable {
  readonly type: 'cached-download';
  readonly downloadDir: string;
}

/**
 * Lets the SDK download a server into `file`, which it can only do by starting it once.
 * @returns why it could not, or undefined; without internet that is known within a second.
 */
export async function downloadWithSdk(
  server: keyof typeof SERVERS,
  file: string,
): Promise<string | undefined> {
  const downloadDir = `${file}.download`;
  mkdirSync(downloadDir, { recursive: true });
  try {
    const once = await SERVERS[server]({ type: 'cached-download', downloadDir });
    await once.teardown();
    const downloaded = readdirSync(downloadDir).find((name) => name.startsWith('temporal'));
    if (!downloaded) return `the SDK left no program in ${downloadDir}`;
    copyFileSync(join(downloadDir, downloaded), file);
    chmodSync(file, 0o755);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(downloadDir, { recursive: true, force: true });
  }
}
