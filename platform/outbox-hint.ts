import type { Database } from './database/client';
import type { Logger } from './logger';

/** Relays listen on this channel; the payload is empty. */
export const OUTBOX_CHANNEL = 'outbox';

/**
 * Tells the relays that the outbox has rows, after the commit and at most once per `coalesceMs`.
 *
 * Not a NOTIFY inside the step: a committing transaction with a NOTIFY takes a database-wide lock, which makes
 * commits wait for each other. A hint that is lost costs the relay's poll interval, nothing more.
 */
export class OutboxHint {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    private readonly coalesceMs = 20,
  ) {}

  give(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.database.$queryRaw`SELECT pg_notify(${OUTBOX_CHANNEL}, '')::text`.catch((error: unknown) => {
        this.logger.debug({ err: error }, 'outbox hint was not given; the relay will poll');
      });
    }, this.coalesceMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
