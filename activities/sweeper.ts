import type { BookingId } from '../domain/ids';
import type { Database } from '../platform/database/client';
import type { Logger } from '../platform/logger';
import { Rounds } from '../platform/rounds';

export interface SweeperDeps {
  readonly database: Database;
  /** Asks a pending booking's saga to look at the calendar again. Must not fail where the saga is over. */
  readonly nudge: (bookingId: BookingId) => Promise<void>;
  readonly logger: Logger;
  readonly pollMs?: number;
}

interface SweepRow {
  id: bigint;
  /** Pending requests that can no longer be met. */
  losers: BookingId[];
}

/**
 * After a booking took its nights, asks the other pending requests that can no longer be met to look again, so that
 * their travelers learn it before the owner tries to accept. Runs outside the sagas: a confirmation neither waits
 * for it nor grows by it. Sweeping twice is harmless, so several workers may.
 */
export class Sweeper {
  private readonly rounds: Rounds;

  constructor(private readonly deps: SweeperDeps) {
    this.rounds = new Rounds({
      round: () => this.sweep(),
      onFailure: (error) => deps.logger.warn({ err: error }, 'sweep failed; it will be tried again'),
      pollMs: deps.pollMs ?? 2_000,
      // Confirmations come in crowds: a moment's wait lets one sweep serve several.
      gatherMs: 20,
    });
  }

  start(): void {
    this.rounds.start();
  }

  /** To be called after a confirmation; a sweep that nobody announced is found by the poll. */
  sweepSoon(): void {
    this.rounds.soon();
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    const { database, nudge } = this.deps;
    const sweeps = await database.$queryRaw<SweepRow[]>`
      SELECT s.id, array(
        SELECT b.id FROM booking.bookings b
        WHERE b.item_id = s.item_id AND b.state = 'PENDING'
          AND b.start_date < s.end_date AND b.end_date > s.start_date
          AND cardinality(booking.unavailable_nights(b.item_id, b.start_date, b.end_date, b.quantity)) > 0
      ) AS losers
      FROM booking.sweeps s ORDER BY s.id LIMIT 50`;
    if (sweeps.length === 0) return;
    for (const { losers } of sweeps) for (const id of losers) await nudge(id);
    await database.$executeRaw`DELETE FROM booking.sweeps WHERE id = ANY(${sweeps.map(({ id }) => id)})`;
  }
}
