import type { Database } from '../../platform/database/client';
import type { Logger } from '../../platform/logger';
import { Rounds } from '../../platform/rounds';
import { markHanded, waitingEvents } from './event-store';
import type { ProviderEvents } from './provider-events';

const POLL_MS = 2_000;
/** Events looked at in one round. */
const ROUND = 100;

export interface HandLoopDeps {
  readonly database: Database;
  readonly events: ProviderEvents;
  readonly logger: Logger;
  readonly pollMs?: number;
}

/**
 * Hands stored events on, in the order of their receipt within each booking, until each has been taken: a webhook is
 * answered when it is stored, and Temporal may be away then. Several API processes may do it side by side, which
 * hands some events twice.
 */
export class HandLoop {
  private readonly rounds: Rounds;

  constructor(private readonly deps: HandLoopDeps) {
    this.rounds = new Rounds({
      round: () => this.round(),
      onFailure: (error) =>
        deps.logger.warn({ err: error }, 'events of the payment provider wait to be handed on'),
      pollMs: deps.pollMs ?? POLL_MS,
    });
  }

  start(): void {
    this.rounds.start();
  }

  /** To be called after an event was stored; one that nobody announced is found by the poll. */
  handSoon(): void {
    this.rounds.soon();
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<void> {
    const { database, events, logger } = this.deps;
    /** Bookings with an event that has to wait: later ones of theirs wait behind it. */
    const behind = new Set<string>();
    for (const event of await waitingEvents(database, events.kinds, ROUND)) {
      if (this.rounds.signal.aborted) return;
      if (behind.has(event.bookingId)) continue;
      const handed = await events.hand(event).catch((error: unknown) => {
        logger.warn(
          { err: error, event: event.id },
          'an event of the payment provider could not be handed on',
        );
        return 'later' as const;
      });
      if (handed === 'later') behind.add(event.bookingId);
      else await markHanded(database, event.id, handed);
    }
  }
}
