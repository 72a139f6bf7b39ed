import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Transactions } from '../../platform/database/transactions';
import type { Logger } from '../../platform/logger';

/** Names this process among all that read for a group. */
const MEMBER = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;

/**
 * Writes down how far a group is behind, for whoever watches over all groups. A member that ends leaves its line, in good
 * order or not: where nobody reads after it, that the group's last line gets old shows.
 */
export class LagReport {
  constructor(
    private readonly transactions: Pick<Transactions, 'query'>,
    private readonly groupId: string,
    private readonly logger: Logger,
  ) {}

  /** @param seconds age of the oldest message that this process has in hand */
  async tell(messages: number, seconds: number): Promise<void> {
    await this.write(
      `INSERT INTO consumers.lags (group_id, member, messages, seconds, at) VALUES ($1, $2, $3, $4, now())
       ON CONFLICT (group_id, member)
       DO UPDATE SET messages = EXCLUDED.messages, seconds = EXCLUDED.seconds, at = EXCLUDED.at`,
      [this.groupId, MEMBER, messages, seconds],
    );
  }

  /** What this member was behind is others' now. When it was last heard stays. */
  async leave(): Promise<void> {
    await this.write(
      'UPDATE consumers.lags SET messages = 0, seconds = 0 WHERE group_id = $1 AND member = $2',
      [this.groupId, MEMBER],
    );
    await this.write(`DELETE FROM consumers.lags WHERE at < now() - interval '1 day'`, []);
  }

  private async write(text: string, values: readonly unknown[]): Promise<void> {
    await this.transactions.query(text, values).catch((error: unknown) => {
      this.logger.debug({ err: error }, 'the lag was not written down');
    });
  }
}
