import type { Writable } from 'node:stream';

/** How long a client may take to read what fills its connection, milliseconds. It comes back by its last id. */
const PATIENCE_MS = 30_000;

/** One block of an event stream. */
export interface Block {
  readonly id?: string;
  readonly event?: string;
  readonly data?: unknown;
  /** How long a browser waits until it comes back, milliseconds. */
  readonly retry?: number;
  readonly comment?: string;
}

/** As it goes over the wire (WHATWG HTML, server-sent events). Without `data`, a browser takes the `id` and tells nobody. */
export function blockText({ id, event, data, retry, comment }: Block): string {
  const lines = [
    ...(comment === undefined ? [] : [`: ${comment}`]),
    ...(retry === undefined ? [] : [`retry: ${retry}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(data === undefined ? [] : [`data: ${JSON.stringify(data)}`]),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** The client's end of a stream, which may be slow, or gone. */
export class Wire {
  constructor(
    private readonly out: Writable,
    private readonly patienceMs: number = PATIENCE_MS,
  ) {}

  get isOpen(): boolean {
    return !this.out.destroyed && !this.out.writableEnded;
  }

  /**
   * Writes, and waits while the client has more to read than its connection holds. One that does not read for too long
   * is hung up on: it comes back, and goes on by its last id.
   */
  async write(block: Block): Promise<void> {
    if (!this.isOpen || this.out.write(blockText(block))) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => this.out.destroy(), this.patienceMs);
      const done = () => {
        clearTimeout(late);
        this.out.off('drain', done).off('close', done);
        resolve();
      };
      this.out.on('drain', done).on('close', done);
    });
  }

  /** Says why, and hangs up; at once where the client has yet to read what it was sent. */
  end(comment: string): void {
    if (!this.isOpen) return;
    if (this.out.writableNeedDrain) this.out.destroy();
    else this.out.end(blockText({ comment }));
  }
}
