import type { ServerResponse } from 'node:http';
import { Problem } from '../../domain/problems';
import type { Config } from '../../platform/config';
import type { Database } from '../../platform/database/client';
import type { Logger } from '../../platform/logger';
import { Permits } from '../../platform/permits';
import { Rounds } from '../../platform/rounds';
import type { Caller } from '../auth/caller';
import type { Answer } from '../http/route';
import type { EventLog } from './event-log';
import { type StreamKind, streamsOpen, streamsRefused, topicsHeard } from './metrics';
import type { Nudges } from './nudges';
import { ownersAmong } from './owners-among';
import { LiveStream } from './stream';
import { Wire } from './wire';

/** How often a stream looks at the log by itself while nobody nudges it, milliseconds. */
const LOOK_MS = 1_000;
/** Streams look one after the other rather than all at once, so that they leave connections to the requests. */
const TICK_MS = 100;
/** How long owners' nudges are gathered, to be looked up together; milliseconds. */
const GATHER_MS = 10;
/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;
const RETRY_AFTER_S = 10;
/** Streams that read the log at once. While the topics are away all of them look every second; requests need the pool. */
const READS_AT_ONCE = 3;

const HEADERS = {
  'Cache-Control': 'no-store, no-transform',
  // Proxies of nginx's kind would otherwise keep events until they have a buffer full.
  'X-Accel-Buffering': 'no',
};

export interface LiveStreamsDeps {
  readonly config: Pick<Config, 'LIVE_STREAMS' | 'LIVE_STREAMS_PER_CALLER' | 'LIVE_HEARTBEAT_MS'>;
  readonly database: Database;
  readonly nudges: Nudges;
  readonly logger: Logger;
}

/** Whose log a stream sends: one booking's, or that of all bookings of an owner's items. */
export interface StreamOrder {
  readonly kind: StreamKind;
  /** The booking's id or the owner's. */
  readonly of: string;
  readonly log: EventLog;
}

/**
 * All live streams of this process. A message on the topics is no more than a nudge: what is sent is read from the
 * event log, after what was sent last. So order, gaps, duplicates and lost messages are nobody's affair here.
 */
export class LiveStreams {
  private readonly streams = new Map<LiveStream, StreamOrder>();
  /** Streams by caller, those included that are about to begin. */
  private readonly seats = new Map<string, number>();
  /** Bookings whose owners are to be looked up. */
  private nudged = new Set<string>();
  private readonly owners: Rounds;
  private readonly reads = new Permits(READS_AT_ONCE);
  private ticking: NodeJS.Timeout | undefined;
  private heard: boolean | undefined;
  private ending = false;

  constructor(private readonly deps: LiveStreamsDeps) {
    this.owners = new Rounds({
      round: () => this.nudgeOwners(),
      onFailure: (error) => deps.logger.debug({ err: error }, 'owners could not be looked up'),
      pollMs: LONGEST_MS,
      gatherMs: GATHER_MS,
    });
  }

  /**
   * The answer that goes on as a stream, until the client leaves, the caller's token expires or the process drains.
   * @param gone aborted when the client has left
   * @throws {Problem} `too-many-requests` for one stream too many of this caller, `unavailable` for one too many in all
   */
  answer(order: StreamOrder, caller: Caller, gone: AbortSignal): Answer {
    this.takeSeat(caller, gone);
    const stream = (response: ServerResponse) => this.play(order, caller, response, gone);
    return { status: 200, body: undefined, contentType: 'text/event-stream', headers: HEADERS, stream };
  }

  /** Ends all streams; their clients come back to another process by their last ids. */
  async stop(): Promise<void> {
    this.ending = true;
    clearInterval(this.ticking);
    for (const stream of this.streams.keys()) stream.end('this server is going away');
    await Promise.all([this.deps.nudges.stop(), this.ticking && this.owners.stop()]);
  }

  private takeSeat(caller: Caller, gone: AbortSignal): void {
    const { LIVE_STREAMS, LIVE_STREAMS_PER_CALLER } = this.deps.config;
    const seated = this.seats.get(caller.id) ?? 0;
    const total = [...this.seats.values()].reduce((sum, count) => sum + count, 0);
    if (this.ending) {
      throw new Problem('unavailable', 'This server is going away. Connect again.', {}, 1);
    }
    if (seated >= LIVE_STREAMS_PER_CALLER) {
      streamsRefused.inc({ limit: 'caller' });
      const detail = `You have ${seated} live streams open, and more are not given. Close one of them.`;
      throw new Problem('too-many-requests', detail, {}, RETRY_AFTER_S);
    }
    if (total >= LIVE_STREAMS) {
      streamsRefused.inc({ limit: 'all' });
      const detail = 'This server has as many live streams as it takes. Try again, or read the booking.';
      throw new Problem('unavailable', detail, {}, RETRY_AFTER_S);
    }
    if (gone.aborted) return;
    this.seats.set(caller.id, seated + 1);
    gone.addEventListener('abort', () => {
      const left = (this.seats.get(caller.id) ?? 1) - 1;
      if (left === 0) this.seats.delete(caller.id);
      else this.seats.set(caller.id, left);
    });
  }

  private async play(
    order: StreamOrder,
    caller: Caller,
    response: ServerResponse,
    gone: AbortSignal,
  ): Promise<void> {
    if (gone.aborted) return;
    const { deps } = this;
    const { kind } = order;
    const log = inTurn(order.log, this.reads);
    const heartbeatMs = deps.config.LIVE_HEARTBEAT_MS;
    const stream = new LiveStream({ ...deps, kind, log, wire: new Wire(response), heartbeatMs });
    // It can be nudged before it first looks at the log, so that nothing falls between the two.
    this.streams.set(stream, order);
    streamsOpen.inc({ kind });
    this.listen();
    const expiry = setTimeout(
      () => stream.end('the token has expired'),
      Math.min(caller.expiresAt.getTime() - Date.now(), LONGEST_MS),
    );
    gone.addEventListener('abort', () => {
      clearTimeout(expiry);
      this.streams.delete(stream);
      streamsOpen.dec({ kind });
      stream.end('');
    });
    if (this.ending) return stream.end('this server is going away');
    await stream.start();
  }

  /** From the first stream on: a process without any need not read the topics. */
  private listen(): void {
    if (this.ticking) return;
    this.deps.nudges.listen((bookingId) => this.nudge(bookingId));
    this.owners.start();
    this.ticking = setInterval(() => this.tick(), TICK_MS);
  }

  private nudge(bookingId: string): void {
    let hasOwners = false;
    for (const [stream, { kind, of }] of this.streams) {
      if (kind === 'owner') hasOwners = true;
      else if (of === bookingId) stream.lookSoon();
    }
    if (!hasOwners) return;
    this.nudged.add(bookingId);
    this.owners.soon();
  }

  private async nudgeOwners(): Promise<void> {
    const bookingIds = [...this.nudged];
    this.nudged = new Set();
    const streams = [...this.streams].filter(([, { kind }]) => kind === 'owner');
    if (bookingIds.length === 0 || streams.length === 0) return;
    const ownerIds = [...new Set(streams.map(([, { of }]) => of))];
    const owners = new Set(await ownersAmong(this.deps.database, ownerIds, bookingIds));
    for (const [stream, { of }] of streams) if (owners.has(of)) stream.lookSoon();
  }

  private tick(): void {
    const { isHeard } = this.deps.nudges;
    if (isHeard !== this.heard) this.tell(isHeard);
    for (const stream of this.streams.keys()) {
      if ((!isHeard || stream.isBehind) && stream.idleMs >= LOOK_MS) stream.lookSoon();
    }
  }

  private tell(isHeard: boolean): void {
    const { logger } = this.deps;
    topicsHeard.set(isHeard ? 1 : 0);
    if (isHeard) {
      logger.info('live streams follow the topics');
      // What was told while nobody listened.
      for (const stream of this.streams.keys()) stream.lookSoon();
    } else if (this.heard) {
      logger.warn(`the topics cannot be read: live streams look at the log every ${LOOK_MS} ms`);
    }
    this.heard = isHeard;
  }
}

/** The same log, read as soon as there is a permit for it. */
function inTurn(log: EventLog, permits: Permits): EventLog {
  return {
    get bookmark() {
      return log.bookmark;
    },
    read: () => permits.using(() => log.read()),
  };
}
