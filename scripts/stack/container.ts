import { setTimeout as sleep } from 'node:timers/promises';
import { UnobtainableError } from './obtain';
import { findOnPath, runTool, ToolError } from './run-tool';
import { type Say, withProgress } from './say';
import { ServiceDiedError } from './service';

/** A service in a container of its own, with its data in a volume of the same name. */
export interface ContainerRecipe {
  readonly what: string;
  readonly image: string;
  /** Published on this machine's loopback only, `[here, inside]`. */
  readonly ports: readonly (readonly [number, number])[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where inside the data lies that is kept; without it nothing is. */
  readonly dataPath?: string | undefined;
  /** For an image whose user may not write to a fresh volume. */
  readonly user?: string;
  readonly command?: readonly string[];
}

/** docker or podman, whichever answers. */
async function findContainerEngine(): Promise<string | undefined> {
  for (const engine of ['docker', 'podman']) {
    const program = findOnPath(engine);
    if (!program) continue;
    const answered = await runTool(program, ['info']).then(
      () => true,
      () => false, // installed, but no daemon runs or this user may not talk to it
    );
    if (answered) return program;
  }
  return undefined;
}

/** @throws {UnobtainableError} with this message when no engine answers. */
export async function requireContainerEngine(message: string): Promise<string> {
  const engine = await findContainerEngine();
  if (!engine) throw new UnobtainableError(message);
  return engine;
}

/** Starts the container; one of the same name left from before is replaced, its volume is kept. */
export async function runContainer(
  engine: string,
  name: string,
  recipe: ContainerRecipe,
  say: Say,
  signal?: AbortSignal,
): Promise<void> {
  await removeContainer(engine, name);
  const { what, image, ports, environment = {}, dataPath, user, command = [] } = recipe;
  const flags = [
    ...['--detach', '--name', name],
    ...(dataPath ? ['--volume', `${name}:${dataPath}`] : []),
    ...ports.flatMap(([here, inside]) => ['--publish', `127.0.0.1:${here}:${inside}`]),
    ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(user ? ['--user', user] : []),
  ];
  await withProgress(`Starting ${what} in a container (${image})`, say, () =>
    runTool(engine, ['run', ...flags, image, ...command], { signal }),
  );
}

/** Waits for a line in what the container writes. @throws {ServiceDiedError} when it ends before. */
export async function untilContainerSays(
  engine: string,
  name: string,
  line: string,
  signal?: AbortSignal,
): Promise<void> {
  for (;;) {
    const log = await runTool('sh', ['-c', '"$0" logs --tail 200 "$1" 2>&1', engine, name]);
    if (log.includes(line)) return;
    if (!(await isContainerRunning(engine, name))) {
      throw new ServiceDiedError(
        `Container ${name} ended:\n  ${log.trim().split('\n').slice(-12).join('\n  ')}`,
      );
    }
    await sleep(300, undefined, { signal });
  }
}

export async function isContainerRunning(engine: string, name: string): Promise<boolean> {
  try {
    return (await runTool(engine, ['inspect', '--format', '{{.State.Running}}', name])).trim() === 'true';
  } catch (error) {
    if (error instanceof ToolError) return false; // there is none of this name
    throw error;
  }
}

/** Ends the container cleanly and removes it; its named volume stays. */
export async function endContainer(engine: string, name: string, graceMs: number): Promise<void> {
  if (await isContainerRunning(engine, name)) {
    await runTool(engine, ['stop', '--time', String(Math.ceil(graceMs / 1000)), name]);
  }
  await removeContainer(engine, name);
}

async function removeContainer(engine: string, name: string): Promise<void> {
  await runTool(engine, ['rm', '--force', '--volumes', name]).catch((error: Error) => {
    if (!/no such container|no container with/i.test(error.message)) throw error;
  });
}
