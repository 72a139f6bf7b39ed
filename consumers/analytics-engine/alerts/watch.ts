import type { Transactions } from '../../../platform/database/transactions';
import type { Logger } from '../../../platform/logger';
import { Rounds } from '../../../platform/rounds';
import { lookForAlerts } from './round';

/** How long something may be out of the ordinary before an alert is opened. */
const LOOK_EVERY_MS = 60_000;

/**
 * Looks for alerts now and every minute, until it is stopped. A look that failed is made again with the next.
 * @param groupIds all consumer groups of the product, whether this process runs them or not
 */
export function watchForAlerts(
  transactions: Transactions,
  groupIds: readonly string[],
  logger: Logger,
): Pick<Rounds, 'stop'> {
  const rounds = new Rounds({
    round: () => lookForAlerts(transactions, new Date(), groupIds),
    onFailure: (error) => logger.warn({ err: error }, 'not all alerts were looked for'),
    pollMs: LOOK_EVERY_MS,
  });
  rounds.start();
  return rounds;
}
