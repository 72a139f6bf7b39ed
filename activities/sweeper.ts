import type { BookingId } from '../domain/ids';
import type { Database } from '../platform/database/client';
import type { Logger } from '../platform/logger';

export interface SweeperDeps {
  readonly database: Database;
  /** Asks a pending booking's saga to look at the calendar again. Must not fail where the saga is over. */
  readonly nudge: (bookingId: BookingId) => Promise<void>;
  readonly logger: Logger;
  readonly pollMs?: number;
}

interface SweepRow {
  id: bigint;
  item_id: string;
  start_date: string;
  end_date: string;
}

/**
 * After a booking took its nights, asks the other pending requests that can no longer be met to look again, so that
 * their travelers learn it before the owner tries to accept. Runs outside the sagas: a confirmation neither waits
 * for it nor grows by it. Sweeping twice is harmless, so several workers may.
 */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly deps: SweeperDeps) {}

  start(): void {
    this.sweepSoon(0);
  }

  /** To be called after a confirmation; a sweep that nobody announced is found by the poll. */
  sweepSoon(delayMs = 20): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep()
        .catch((error: unknown) =>
          this.deps.logger.warn({ err: error }, 'sweep failed; it will be tried again'),
        )
        .then(() => this.sweepSoon(this.deps.pollMs ?? 2_000));
    }, delayMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    const { database, nudge } = this.deps;
    const sweeps = await database.$queryRaw<SweepRow[]>`
      SELECT id, item_id, start_date::text, end_date::text FROM booking.sweeps ORDER BY id LIMIT 50`;
    for (const sweep of sweeps) {
      const losers = await database.$queryRaw<{ id: BookingId }[]>`
        SELECT b.id FROM booking.bookings b
        WHERE b.item_id = ${sweep.item_id} AND b.state = 'PENDING'
          AND b.start_date < ${sweep.end_date}::date AND b.end_date > ${sweep.start_date}::date
          AND cardinality(booking.unavailable_nights(b.item_id, b.start_date, b.end_date, b.quantity)) > 0`;
      for (const { id } of losers) await nudge(id);
      await database.$executeRaw`DELETE FROM booking.sweeps WHERE id = ${sweep.id}`;
    }
  }
}
