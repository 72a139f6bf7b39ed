import type { Logger } from '../../platform/logger';
import { Rounds } from '../../platform/rounds';
import { liveEvent } from './event';
import type { EventLog } from './event-log';
import { commitToWrite, eventsSent, type StreamKind } from './metrics';
import type { Wire } from './wire';

/** Many who lost their connection together shall not come back together. */
const RETRY_MS = { from: 1_000, to: 3_000 };

export interface StreamSpec {
  readonly kind: StreamKind;
  readonly log: EventLog;
  readonly wire: Wire;
  readonly logger: Logger;
  /**
   * After so long without an event a stream looks at the log by itself and says that it is alive: proxies close what is
   * silent for a minute. Also the longest that a nudge which got lost can cost. Milliseconds.
   */
  readonly heartbeatMs: number;
}

/** One open stream: whenever it is told to look, it sends what its log has that it has not sent. */
export class LiveStream {
  private readonly rounds: Rounds;
  private lookedAt = 0;
  private wroteAt = performance.now();
  private failed = false;
  /** Whether it has sent all there was when it began: only what comes after that is live. */
  private live = false;

  constructor(private readonly spec: StreamSpec) {
    this.rounds = new Rounds({
      round: () => this.round(),
      onFailure: (error) => {
        this.failed = true;
        spec.logger.debug({ err: error }, 'a live stream could not look at the log');
      },
      pollMs: spec.heartbeatMs,
    });
  }

  /** Milliseconds since it last looked at the log. */
  get idleMs(): number {
    return performance.now() - this.lookedAt;
  }

  /** Whether its last look at the log came to nothing. */
  get isBehind(): boolean {
    return this.failed;
  }

  async start(): Promise<void> {
    const retry = Math.round(RETRY_MS.from + Math.random() * (RETRY_MS.to - RETRY_MS.from));
    await this.spec.wire.write({ retry, comment: 'open', ...this.bookmark() });
    this.rounds.start();
  }

  /** There may be something new in its log. */
  lookSoon(): void {
    this.rounds.soon();
  }

  /** Says why, hangs up, and looks no more. */
  end(why: string): void {
    this.spec.wire.end(why);
    void this.rounds.stop();
  }

  private async round(): Promise<void> {
    const { log, wire, kind, heartbeatMs } = this.spec;
    for (let whole = false; !whole && !this.rounds.signal.aborted; ) {
      this.lookedAt = performance.now();
      const page = await log.read();
      const readAt = performance.now();
      for (const { id, fact } of page.entries) {
        if (!wire.isOpen) return;
        await wire.write({ id, event: 'booking', data: liveEvent(fact) });
        eventsSent.inc({ kind });
        this.wroteAt = performance.now();
        if (this.live) commitToWrite.observe(Math.max(0, fact.ageSeconds + (this.wroteAt - readAt) / 1000));
      }
      whole = page.whole;
    }
    this.live = true;
    this.failed = false;
    if (performance.now() - this.wroteAt < heartbeatMs * 0.9) return;
    await wire.write({ comment: 'nothing new', ...this.bookmark() });
    this.wroteAt = performance.now();
  }

  private bookmark(): { readonly id?: string } {
    const { bookmark } = this.spec.log;
    return bookmark === undefined ? {} : { id: bookmark };
  }
}
