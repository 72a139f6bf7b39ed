import { join } from 'node:path';
import type { Config } from '../platform/config';
import { type Lock, tryLock } from './stack/lock';

/** Another `npm start` of the same roles runs over the same data folder. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/**
 * Makes this process the only one that plays this role over the data folder.
 * @throws {AlreadyRunningError} naming the process that does already.
 */
export function claimRole(data: string, role: Config['ROLE']): Lock {
  const lock = tryLock(join(data, `start-${role}.lock`));
  if ('release' in lock) return lock;
  throw new AlreadyRunningError(
    `Already running: process ${lock.heldBy.pid} has started ROLE=${role} over ${data}.\n` +
      'End that one first, or give this one its own folder and ports (BOOKING_SAGA_DATA, PORT, …).',
  );
}
