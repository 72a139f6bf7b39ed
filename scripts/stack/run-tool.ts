import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file that `name` means on PATH, or undefined. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

export interface ToolOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A build or setup tool that failed; `message` ends with the last lines it wrote. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

const TAIL_LINES = 15;

/**
 * Runs a tool to its end and returns what it wrote on stdout.
 * @throws {ToolError} when it cannot be run or ends with another code than 0.
 */
export function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let all = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      all += chunk;
    });
    child.on('error', (error) => reject(new ToolError(`${command}: ${error.message}`, { cause: error })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      const tail = all.trim().split('\n').slice(-TAIL_LINES).join('\n');
      reject(
        new ToolError(`\`${command} ${args.join(' ')}\` ended with ${signal ?? `code ${code}`}:\n${tail}`),
      );
    });
  });
}
