/** Of one transaction; 100 events of a view take some tens of milliseconds, and its limit is 5 s. */
export const EVENTS_AT_MOST = 100;

/**
 * How many events of a group are handled together. Where that many did not get ready within the time of a transaction,
 * half of them are tried next, and one more with each batch that did: a view that has become slow, or a database that has
 * much to do, loses one batch now and then, and not every one.
 */
export class BatchSize {
  private size = EVENTS_AT_MOST;

  get events(): number {
    return this.size;
  }

  /** So many events took longer than a transaction may. */
  ranOutOfTime(events: number): void {
    this.size = Math.max(1, Math.min(this.size, Math.floor(events / 2)));
  }

  /** So many events are committed. */
  gotReady(events: number): void {
    if (events >= this.size) this.size = Math.min(EVENTS_AT_MOST, this.size + 1);
  }
}
