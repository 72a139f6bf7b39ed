import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error(`No package.json above ${__dirname}; the project folder is not whole.`);
  return findRoot(above);
}

/** The clone this code runs from, whether compiled (`dist/scripts/stack`) or not (`scripts/stack`). */
export const projectRoot = findRoot(__dirname);

/** Where downloads and builds are kept for good, shared by every clone of this user. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.BOOKING_SAGA_CACHE) return resolve(env.BOOKING_SAGA_CACHE);
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'booking-saga');
}

/** Where the services keep their data, logs and process records. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.BOOKING_SAGA_DATA ? resolve(env.BOOKING_SAGA_DATA) : join(projectRoot, '.data');
}
