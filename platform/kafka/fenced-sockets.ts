import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_MS = 10_000;

/**
 * The network connections of one producer, and the fence around them: past the deadline nothing is written any
 * more, whatever the library has in its queues. A lane's next holder relies on that when it waits the deadline
 * out. Checked at the write itself rather than by a timer alone, since a process that was stopped and goes on
 * runs other things before its timers.
 */
export class FencedSockets {
  private readonly open = new Set<Socket>();
  /** On the clock of `performance.now()`. */
  private writableUntil = 0;

  /** Lets bytes through until then. */
  allowUntil(instant: number): void {
    this.writableUntil = instant;
  }

  /** Ends all connections at once and lets nothing through until allowed again. */
  cut(reason: string): void {
    this.writableUntil = 0;
    for (const socket of this.open) socket.destroy(new Error(reason));
  }

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.isShut()) throw new Error('the send deadline has passed');
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    const write = socket.write.bind(socket) as (
      chunk: Uint8Array | string,
      encoding?: BufferEncoding,
    ) => boolean;
    socket.write = (chunk: Uint8Array | string, encoding?: unknown): boolean => {
      if (!this.isShut())
        return write(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : undefined);
      socket.destroy(new Error('the send deadline has passed'));
      return false;
    };
    return socket;
  };

  private isShut(): boolean {
    return performance.now() >= this.writableUntil;
  }
}
