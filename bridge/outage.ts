import type { Logger } from '../platform/logger';

/** Something the relay needs and does not have at the moment. Said once when it begins and once when it is over. */
export class Outage {
  private since: Date | undefined;
  private why = '';

  constructor(
    private readonly what: string,
    private readonly logger: Logger,
    /** `error` for what should never happen. */
    private readonly level: 'warn' | 'error' = 'warn',
  ) {}

  begin(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const text = `${this.what}: ${why}; the outbox keeps everything`;
    if (this.since) this.logger.debug({ err: error }, text);
    else if (this.level === 'error') this.logger.error({ err: error }, text);
    else this.logger.warn(text); // a broker that is away needs no stack trace
    this.since ??= new Date();
    this.why = why;
  }

  end(): void {
    if (this.since) this.logger.info({ since: this.since }, `Over: ${this.what}`);
    this.since = undefined;
  }

  /** In words, while it lasts. */
  get trouble(): string | undefined {
    return this.since && `${this.what} since ${this.since.toISOString()}: ${this.why}`;
  }
}
