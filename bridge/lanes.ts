import type { Logger } from '../platform/logger';
import { lockLanes, recordTaken, releaseLanes, showPresence, viewLanes } from './lane-queries';
import type { RelaySession } from './relay-session';

/** How often the relays look whether the lanes are spread evenly; also the time until a dead one's are taken. */
const BALANCE_MS = 500;

export interface LaneSettings {
  /** This relay's name in booking.relay_lanes. */
  readonly holder: string;
  /** How long a batch of a holder that vanished may still arrive. */
  readonly quietMs: number;
  readonly logger: Logger;
}

/** The lanes this relay holds. Outlives sessions, since what it knows about its own last batch does too. */
export class Lanes {
  /** Held lanes, and from when on each may be sent, on the clock of `performance.now()`. */
  private readonly held = new Map<number, number>();
  private readonly sendableFrom = new Map<number, number>();
  private balancedAt = Number.NEGATIVE_INFINITY;
  private ownBatchGoneBy = 0;

  constructor(private readonly settings: LaneSettings) {}

  get count(): number {
    return this.held.size;
  }

  /** Makes this relay count among those that share the lanes. */
  async join(session: RelaySession): Promise<void> {
    await showPresence(session);
    this.balancedAt = Number.NEGATIVE_INFINITY;
  }

  /** Takes its share of the lanes, and gives up what is more than that. Call it between batches only. */
  async balance(session: RelaySession): Promise<void> {
    if (performance.now() - this.balancedAt < BALANCE_MS) return;
    this.balancedAt = performance.now();
    const view = await viewLanes(session);
    const share = Math.ceil(view.lanes / Math.max(view.relays, 1));
    const surplus = [...this.held.keys()].slice(share);
    if (surplus.length > 0) await this.letGo(session, surplus);
    const wanted = view.free.slice(0, share - this.held.size);
    if (wanted.length > 0) await this.take(session, wanted);
  }

  /** The lanes that may be sent now. */
  sendable(): number[] {
    const now = performance.now();
    return [...this.held].filter(([, from]) => from <= now).map(([lane]) => lane);
  }

  /** Lets go of all lanes but those whose batch may still be on the wire. */
  async leave(session: RelaySession, exceptLanes: ReadonlySet<number>): Promise<void> {
    await this.letGo(
      session,
      [...this.held.keys()].filter((lane) => !exceptLanes.has(lane)),
    );
  }

  /**
   * The session is gone, and the locks with it.
   * @param unsettled whether a batch was on the wire
   */
  forget(unsettled: boolean): void {
    this.held.clear();
    if (unsettled) this.ownBatchGoneBy = performance.now() + this.settings.quietMs;
  }

  private async take(session: RelaySession, wanted: readonly number[]): Promise<void> {
    const { holder, quietMs, logger } = this.settings;
    const locked = await lockLanes(session, wanted);
    if (locked.length === 0) return;
    const now = performance.now();
    const waiting: number[] = [];
    for (const { lane, clean, holder: last } of await recordTaken(session, locked, holder)) {
      let from = now;
      if (!clean && last === holder) {
        // Nobody had it since this relay lost its session, so this relay's own knowledge decides.
        from = Math.max(now, this.ownBatchGoneBy, this.sendableFrom.get(lane) ?? 0);
      } else if (!clean) from = now + quietMs;
      this.held.set(lane, from);
      this.sendableFrom.set(lane, from);
      if (from > now) waiting.push(lane);
    }
    logger.info({ lanes: locked }, 'took lanes');
    if (waiting.length > 0) {
      logger.info({ lanes: waiting, quietMs }, 'their last holder vanished: waiting until its batch is gone');
    }
  }

  private async letGo(session: RelaySession, lanes: readonly number[]): Promise<void> {
    // A lane still waiting for a vanished holder's batch must be waited for by whoever is next, from the start.
    const now = performance.now();
    const quiet = lanes.filter((lane) => (this.held.get(lane) ?? 0) <= now);
    const waiting = lanes.filter((lane) => !quiet.includes(lane));
    for (const lane of lanes) this.held.delete(lane);
    if (lanes.length === 0) return;
    await releaseLanes(session, quiet, waiting);
    this.settings.logger.info({ lanes }, 'let go of lanes');
  }
}
