import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireFreePort } from './ports';
import { type Account, postgresAccount, reachableFolder } from './postgres-account';
import { POSTGRES_LOGIN, postgresUrl, untilDatabaseReady } from './postgres-login';
import { type PostgresPrograms, postgresPrograms } from './postgres-programs';
import { runTool } from './run-tool';
import { sayOnStderr } from './say';
import { type RunningService, ServiceDiedError, type StartContext, startService } from './service';

export interface PostgresOptions extends StartContext {
  readonly port: number;
  /** Where the data lies; kept between starts. */
  readonly folder: string;
  /** False gives up safety on power loss for speed: tests only. @default true */
  readonly durable?: boolean;
  /** @default `<folder>.log` */
  readonly logFile?: string;
}

export interface RunningPostgres extends RunningService {
  /** Connection string of the database `booking`. */
  readonly url: string;
  /** Where the data really lies: elsewhere than asked when the server's account cannot reach that. */
  readonly folder: string;
}

/** Starts the Postgres that comes with npm over this data folder, creating the folder the first time. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { port, durable = true, say = sayOnStderr } = options;
  await requireFreePort(port, 'Postgres', 'POSTGRES_PORT');
  const account = await postgresAccount(say);
  const programs = await postgresPrograms(account, say);
  const folder = reachableFolder(options.folder, account);
  if (folder !== options.folder) {
    say(`Postgres keeps its data in ${folder}: its user cannot reach ${dirname(options.folder)}.`);
  }
  if (!existsSync(join(folder, 'PG_VERSION'))) await initialise(programs, folder, account, durable);

  const settings = [
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'timezone=UTC'],
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const start = () =>
    startService(
      {
        what: 'Postgres',
        command: programs.postgres,
        args: ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
        address: `127.0.0.1:${port}`,
        cwd: folder,
        env: { PATH: process.env.PATH, LC_MESSAGES: 'C' },
        ...account,
        logFile: options.logFile ?? `${options.folder}.log`,
        stopSignal: 'SIGINT', // "fast" shutdown: open transactions are rolled back
        graceMs: 20_000,
      },
      (probe) => untilDatabaseReady(port, probe),
      options,
    );
  const service = await overLeftovers(start);
  return { ...service, url: postgresUrl(port), folder };
}

/** Creates the cluster beside its place and moves it there whole, so that an interrupted run leaves nothing half-made. */
async function initialise(
  { initdb }: PostgresPrograms,
  folder: string,
  account: Account | undefined,
  durable: boolean,
): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(unfinished, { mode: 0o700 });
  const passwordFile = join(tmpdir(), `booking-saga-${randomBytes(8).toString('hex')}`);
  await writeFile(passwordFile, `${POSTGRES_LOGIN.password}\n`, { mode: 0o600 });
  if (account) {
    await chown(unfinished, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  try {
    const flags = [
      ...[`--pgdata=${unfinished}`, `--username=${POSTGRES_LOGIN.user}`, `--pwfile=${passwordFile}`],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
      // The same sort order on every machine, whatever locales it has.
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ...(durable ? [] : ['--no-sync']),
    ];
    await runTool(initdb, flags, {
      ...account,
      cwd: unfinished,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    await rename(unfinished, folder);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** A killed server's workers need a moment to notice; until then a new one refuses to share their memory. */
async function overLeftovers<T>(start: () => Promise<T>): Promise<T> {
  const ATTEMPTS = 20;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const leftover = error instanceof ServiceDiedError && error.message.includes('shared memory block');
      if (!leftover || attempt === ATTEMPTS) throw error;
      await sleep(250);
    }
  }
}
