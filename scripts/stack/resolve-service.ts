import { requireContainerEngine, runContainer, untilContainerSays } from './container';
import { UnobtainableError } from './obtain';
import { requireFreePort } from './ports';
import {
  endRecorded,
  folderMark,
  type Instance,
  isSomebodyElses,
  isUp,
  type Owner,
  readRecord,
  type ServiceRecord,
  writeRecord,
} from './records';
import type { Say } from './say';
import { tailOf } from './service';
import type { ServiceDefinition } from './service-definition';
import type { StackSettings } from './settings';

const ANSWERS_WITHIN_MS = 5_000;
const CONTAINER_READY_WITHIN_MS = 120_000;
const CONTAINER_GRACE_MS = 30_000;

export interface ResolveOptions {
  readonly settings: StackSettings;
  readonly env: NodeJS.ProcessEnv;
  /** On whose account a service is brought up. */
  readonly owner: Owner;
  /** False: use what is there, and start nothing. */
  readonly mayStart: boolean;
  readonly say: Say;
  /** Told in words when a service started here ends, for whatever reason. */
  readonly onEnded: Say;
  readonly signal?: AbortSignal | undefined;
}

/** How one service is had. */
export type Resolved =
  | { readonly origin: 'given'; readonly address: string }
  | { readonly origin: 'found' | 'started'; readonly address: string; readonly record: ServiceRecord }
  | { readonly origin: 'none'; readonly reason: string };

/**
 * Finds or starts one service: the address in the environment; else one already up over this data folder;
 * else a process of our own; else a container.
 * @throws {Error} naming what is missing and how to get it.
 */
export async function resolveService(service: ServiceDefinition, options: ResolveOptions): Promise<Resolved> {
  const { env, mayStart, say } = options;
  const given = env[service.setting];
  if (given === '' && service.optional)
    return { origin: 'none', reason: `${service.setting} is set to nothing` };
  if (given) {
    await service.checkGiven(given, env);
    return { origin: 'given', address: given };
  }
  const found = await findRunning(service, options);
  if (found) return { origin: 'found', address: found.address, record: found };
  if (!mayStart) {
    throw new UnobtainableError(
      `${service.title} is not up. Run \`npm run stack\` first, or set ${service.setting}.`,
    );
  }
  try {
    const record = await start(service, options);
    say(`${service.title} is up.`);
    return { origin: 'started', address: record.address, record };
  } catch (error) {
    if (!(error instanceof UnobtainableError) || !service.optional) throw error;
    return { origin: 'none', reason: error.message };
  }
}

/** One that an earlier command left running, taken over where nobody else looks after it. */
async function findRunning(
  service: ServiceDefinition,
  { settings, owner, say }: ResolveOptions,
): Promise<ServiceRecord | undefined> {
  const record = readRecord(settings.data, service.name);
  if (!record || !(await isUp(record))) return undefined;
  try {
    await service.ready(record.address, AbortSignal.timeout(ANSWERS_WITHIN_MS));
  } catch {
    say(`${service.title} from before does not answer any more: ending it and starting another one.`);
    await endRecorded(settings.data, record);
    return undefined;
  }
  const leftover = record.owner !== 'stack' && !isSomebodyElses(record.owner, owner);
  if (!leftover && owner !== 'stack') return record;
  const mine = { ...record, owner };
  writeRecord(settings.data, mine);
  return mine;
}

async function start(service: ServiceDefinition, options: ResolveOptions): Promise<ServiceRecord> {
  const { settings, owner, say, onEnded, signal } = options;
  const remember = (instance: Instance): ServiceRecord => {
    const { name } = service;
    const record: ServiceRecord = {
      ...{ name, owner, instance, address: service.address(settings), logFile: service.logFile(settings) },
      uiUrl: service.uiUrl?.(settings),
    };
    writeRecord(settings.data, record);
    return record;
  };
  let record: ServiceRecord | undefined;
  try {
    const running = await service.start(settings, {
      ...{ say, signal },
      onSpawn: (spawned) => {
        record = remember({ kind: 'process', ...spawned });
      },
    });
    void running.ended.then((how) => onEnded(`${service.title} ${how}.${tailOf(running.logFile)}`));
    if (!record) throw new Error(`${service.title} came up without a process.`);
    return record;
  } catch (error) {
    if (!(error instanceof UnobtainableError)) throw error;
    return startContainer(service, error, remember, options);
  }
}

async function startContainer(
  service: ServiceDefinition,
  lacking: UnobtainableError,
  remember: (instance: Instance) => ServiceRecord,
  { settings, say, signal }: ResolveOptions,
): Promise<ServiceRecord> {
  const recipe = service.container.recipe(settings);
  const engine = await requireContainerEngine(
    `${service.title} cannot be had here: ${lacking.message}.\n` +
      `  Or start Docker or Podman, and it runs in a container; or set ${service.setting} to one that is there.`,
  );
  for (const [port] of recipe.ports)
    await requireFreePort(port, service.title, `${service.title.toUpperCase()}_PORT`);
  const name = `booking-saga-${service.name}-${folderMark(settings.data)}`;
  const record = remember({ kind: 'container', engine, name, graceMs: CONTAINER_GRACE_MS });
  try {
    await runContainer(engine, name, recipe, say, signal);
    const limit = AbortSignal.timeout(CONTAINER_READY_WITHIN_MS);
    const probe = signal ? AbortSignal.any([limit, signal]) : limit;
    if (service.container.startedLine) {
      await untilContainerSays(engine, name, service.container.startedLine, probe);
    }
    await service.ready(record.address, probe);
    return record;
  } catch (error) {
    await endRecorded(settings.data, record);
    throw error;
  }
}
