import type { LiveEvent } from '../../api/live/event';

/** One event as a browser would hand it on. */
export interface Heard {
  readonly id: string | undefined;
  readonly data: LiveEvent;
}

/** A client of server-sent events: what it was sent, and what it would come back with. */
export class EventStream {
  private readonly closing = new AbortController();
  private reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  private buffer = '';
  private readonly decoder = new TextDecoder();
  /** What an EventSource would send as `Last-Event-ID`. */
  lastEventId: string | undefined;
  /** Lines that begin with a colon, without it. */
  readonly comments: string[] = [];

  private constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** Connects; fails, showing the answer, where it is no stream. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventStream> {
    const stream = new EventStream(url, headers);
    await stream.connect();
    return stream;
  }

  /** Hangs up and comes back as a browser does, with the last id it got. */
  async reconnect(): Promise<EventStream> {
    this.close();
    const id = this.lastEventId;
    return await EventStream.open(this.url, { ...this.headers, ...(id && { 'last-event-id': id }) });
  }

  /** The next events; waits for them. Fails where the stream ends before. */
  async take(count: number): Promise<Heard[]> {
    const heard: Heard[] = [];
    while (heard.length < count) {
      const block = await this.block();
      if (block === undefined) throw new Error(`the stream ended after ${heard.length} events`);
      if (block.data !== undefined) heard.push({ id: block.id, data: JSON.parse(block.data) });
    }
    return heard;
  }

  /** Reads until a comment comes, or an end that is told in one; no event may come before. */
  async comment(): Promise<string> {
    for (;;) {
      const before = this.comments.length;
      const block = await this.block();
      if (block === undefined) throw new Error('the stream ended');
      if (block.data !== undefined) throw new Error(`an event came: ${block.data}`);
      const said = this.comments[before];
      if (said !== undefined) return said;
    }
  }

  /** Resolves once the server has hung up. */
  async ended(): Promise<void> {
    while ((await this.block()) !== undefined);
  }

  close(): void {
    this.closing.abort();
  }

  private async connect(): Promise<void> {
    const response = await fetch(this.url, { headers: this.headers, signal: this.closing.signal });
    const type = response.headers.get('content-type');
    if (response.status !== 200 || !type?.startsWith('text/event-stream') || !response.body) {
      throw new Error(`no stream: ${response.status} ${await response.text()}`);
    }
    this.reader = response.body.getReader();
  }

  private async block(): Promise<{ id: string | undefined; data: string | undefined } | undefined> {
    for (;;) {
      const end = this.buffer.indexOf('\n\n');
      if (end >= 0) {
        const text = this.buffer.slice(0, end);
        this.buffer = this.buffer.slice(end + 2);
        return this.parse(text);
      }
      const chunk = await this.reader?.read();
      if (!chunk || chunk.done) return undefined;
      this.buffer += this.decoder.decode(chunk.value, { stream: true });
    }
  }

  private parse(text: string) {
    const fields = new Map(
      text.split('\n').map((line): [string, string] => {
        const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        return [name, value];
      }),
    );
    const comment = fields.get('');
    if (comment !== undefined) this.comments.push(comment);
    const id = fields.get('id');
    if (id !== undefined) this.lastEventId = id;
    return { id, data: fields.get('data') };
  }
}
