import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endContainer, isContainerRunning } from './container';
import { endProcess, isAlive, type ProcessIdentity } from './process-identity';
import type { ServiceProcess } from './service';

export const SERVICE_NAMES = ['postgres', 'kafka', 'temporal'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Who ends a service: `npm run stack:down`, or the `npm start` that brought it up. */
export type Owner = 'stack' | ProcessIdentity;

/** What a service of ours runs as. */
export type Instance =
  | ({ readonly kind: 'process' } & ServiceProcess)
  | { readonly kind: 'container'; readonly engine: string; readonly name: string; readonly graceMs: number };

/** A service that was brought up over this data folder, as remembered there. */
export interface ServiceRecord {
  readonly name: ServiceName;
  readonly owner: Owner;
  readonly instance: Instance;
  /** What clients connect with: a connection string for Postgres, `host:port` for the others. */
  readonly address: string;
  readonly uiUrl?: string | undefined;
  readonly logFile: string;
}

const fileOf = (data: string, name: ServiceName) => join(data, 'services', `${name}.json`);

export function readRecord(data: string, name: ServiceName): ServiceRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(data, name), 'utf8')) as ServiceRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written beside its place and moved there: a reader never sees half of it. */
export function writeRecord(data: string, record: ServiceRecord): void {
  const file = fileOf(data, record.name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(record, undefined, 2));
  renameSync(`${file}.new`, file);
}

export async function isUp({ instance }: ServiceRecord): Promise<boolean> {
  if (instance.kind === 'process') return isAlive(instance.identity);
  return isContainerRunning(instance.engine, instance.name);
}

/** Ends exactly the recorded process or container, if it still is the one that was recorded. */
export async function endRecorded(data: string, record: ServiceRecord): Promise<void> {
  const { instance } = record;
  if (instance.kind === 'container') await endContainer(instance.engine, instance.name, instance.graceMs);
  else await endProcess(instance.identity, instance.stopSignal, instance.graceMs);
  rmSync(fileOf(data, record.name), { force: true });
}

export function isSameOwner(one: Owner, other: Owner): boolean {
  if (one === 'stack' || other === 'stack') return one === other;
  return one.pid === other.pid && one.startedAt === other.startedAt;
}

/** A live `npm start` other than `self`; what a dead one left behind may be taken over. */
export function isSomebodyElses(owner: Owner, self: Owner): boolean {
  return owner !== 'stack' && !isSameOwner(owner, self) && isAlive(owner);
}

/** Short name of a data folder, for things outside it that belong to it. */
export function folderMark(data: string): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 8);
}
