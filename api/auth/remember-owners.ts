import type { RequestHandler } from 'express';
import type { Database } from '../../platform/database/client';
import type { Logger } from '../../platform/logger';
import { rememberEmail } from '../bookings/catalogue';
import { knownCaller } from './authenticate';

/** Beyond so many, all are looked at anew. */
const KNOWN_AT_MOST = 10_000;

/**
 * Keeps the address in an owner's token, for mail. A traveler's is kept with what they ask for; an owner is first written
 * to about what somebody else did, so whatever they last called has to do. It delays no request, and fails none.
 */
export function rememberOwners(database: Database, logger: Logger): RequestHandler {
  /** What this process has kept already, by the owner's id. */
  const known = new Map<string, string>();
  return (request, _response, next) => {
    next();
    const caller = knownCaller(request);
    if (caller?.role !== 'owner' || caller.email === undefined) return;
    const { id, email } = caller;
    if (known.get(id) === email) return;
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(id, email);
    rememberEmail(database, id, email).catch((error: unknown) => {
      known.delete(id);
      logger.warn({ err: error }, "an owner's address was not kept");
    });
  };
}
