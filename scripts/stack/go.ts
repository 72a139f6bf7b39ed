import { existsSync } from 'node:fs';
import { findOnPath, runTool } from './run-tool';

/** Where Go's own installer puts it, which not every shell has on its PATH. */
const INSTALLED = ['/usr/local/go/bin/go'];

export function findGo(): string | undefined {
  return findOnPath('go') ?? INSTALLED.find((file) => existsSync(file));
}

/**
 * Builds a program of a Go module into `folder`.
 * @param program `module/path@version`
 * @throws {ToolError} with what Go said last
 */
export async function goInstall(
  go: string,
  program: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await runTool(go, ['install', program], { env: { ...process.env, GOBIN: folder }, signal });
}
