import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findOnPath, runTool } from './run-tool';
import type { Say } from './say';

/** The system account Postgres runs under: it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where data and programs go when the project lies where that account may not look, as under /root. */
const SHARED_FOLDER = '/var/lib/booking-saga';

/** Undefined when this process is not root, and Postgres can run under the user's own account. */
export async function postgresAccount(say: Say): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = lookUp('postgres');
  if (existing) return existing;
  if (findOnPath('useradd')) {
    say('Postgres does not run as root: adding the system user "postgres".');
    await runTool('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    const added = lookUp('postgres');
    if (added) return added;
  }
  const nobody = lookUp('nobody');
  if (!nobody)
    throw new Error('Postgres does not run as root, and there is no user "postgres" to run it as.');
  return nobody;
}

function lookUp(name: string): Account | undefined {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid, gid] = users.map((line) => line.split(':')).find(([user]) => user === name) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Whether any account may walk down to this folder. */
export function isReachable(folder: string): boolean {
  const OTHERS_MAY_ENTER = 0o001;
  const above = dirname(folder);
  const open = !existsSync(folder) || (statSync(folder).mode & OTHERS_MAY_ENTER) !== 0;
  return open && (above === folder || isReachable(above));
}

/** The folder itself, or its stand-in where `account` cannot reach it. */
export function reachableFolder(folder: string, account: Account | undefined): string {
  if (!account || isReachable(dirname(folder))) return folder;
  const standIn = standInFor(folder);
  mkdirSync(dirname(standIn), { recursive: true, mode: 0o755 });
  return standIn;
}

/** Where a folder goes that lies out of reach; folders of one parent go together. */
export function standInFor(folder: string): string {
  const place = createHash('sha256').update(dirname(folder)).digest('hex').slice(0, 12);
  return join(SHARED_FOLDER, place, basename(folder));
}
