import { Problem } from '../../domain/problems';
import { NoPermit, Permits } from '../../platform/permits';
import type { Route } from '../http/route';

/** Questions answered at a time by this process: one about a year takes a connection for seconds, and bookings need them. */
const AT_ONCE = 2;
/** How long another one waits for its turn, milliseconds. */
const PATIENCE_MS = 2_000;
const RETRY_AFTER_S = 5;

/** The same routes, of which only so many are at work at once; past that they answer `unavailable` after a while. */
export function inTurn(routes: readonly Route[]): Route[] {
  const permits = new Permits(AT_ONCE);
  return routes.map((route) => ({
    ...route,
    async handle(request) {
      try {
        return await permits.using(() => route.handle(request), PATIENCE_MS);
      } catch (error) {
        if (!(error instanceof NoPermit)) throw error;
        const detail =
          'Other questions about analytics are being answered. Ask again shortly, or for fewer days.';
        throw new Problem('unavailable', detail, {}, RETRY_AFTER_S);
      }
    },
  }));
}
