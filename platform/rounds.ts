/** Work that is looked for again and again. */
export interface RoundsSpec {
  /** Does what there is to be done now. */
  readonly round: () => Promise<void>;
  /** Told of a round that failed; the next one comes all the same. */
  readonly onFailure: (error: unknown) => void;
  /** How long nobody need announce anything until the next round, milliseconds. */
  readonly pollMs: number;
  /** How long a round waits once it is announced, so that it serves what is announced with it. @default at once */
  readonly gatherMs?: number;
}

/** One round at a time, when it is announced or after a while; what is announced during one is looked at by the next. */
export class Rounds {
  private readonly stopping = new AbortController();
  private wanted = false;
  private wake: () => void = () => {};
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly spec: RoundsSpec) {}

  /** Aborted once no further work is to be begun. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  start(): void {
    this.running = this.run();
  }

  /** Announces that there is something to do. */
  soon(): void {
    this.wanted = true;
    this.wake();
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.signal.aborted) {
      this.wanted = false;
      try {
        await this.spec.round();
      } catch (error) {
        this.spec.onFailure(error);
      }
      await this.untilWanted();
    }
  }

  private async untilWanted(): Promise<void> {
    if (this.wanted || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const poll = setTimeout(resolve, this.spec.pollMs);
      this.wake = () => {
        clearTimeout(poll);
        if (this.spec.gatherMs === undefined) resolve();
        else setTimeout(resolve, this.spec.gatherMs);
      };
    });
    this.wake = () => {};
  }
}
