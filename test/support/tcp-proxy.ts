import { connect, createServer, type Socket } from 'node:net';

/** Stands between the product and a service, so that a test can take the service away without ending it. */
export interface TcpProxy {
  /** `host:port` that the product is given. */
  readonly address: string;
  /** Connections are dropped, and new ones refused at once. */
  cut(): void;
  /** Connections stay open and are made, but nothing passes. */
  hush(): void;
  /** All is as before; connections made meanwhile are dropped. */
  restore(): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** @param target `host:port` of the real service */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const [host = HOST, port] = target.split(':');
  const connections = new Set<Socket>();
  let state: 'open' | 'cut' | 'hushed' = 'open';
  const drop = () => {
    for (const socket of connections) socket.destroy();
  };
  const server = createServer((near) => {
    connections.add(near);
    near.on('close', () => connections.delete(near)).on('error', () => near.destroy());
    if (state === 'cut') near.destroy();
    if (state !== 'open') return;
    const far = connect({ host, port: Number(port) });
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.on('data', (bytes) => state === 'open' && far.write(bytes));
    far.on('data', (bytes) => state === 'open' && near.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const listening = server.address();
  if (listening === null || typeof listening === 'string') throw new Error('the proxy listens on no port');
  return {
    address: `${HOST}:${listening.port}`,
    cut() {
      state = 'cut';
      drop();
    },
    hush() {
      state = 'hushed';
    },
    restore() {
      state = 'open';
      drop();
    },
    close() {
      state = 'cut';
      drop();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A database's address, by way of the proxy. */
export function throughProxy(url: string, proxy: TcpProxy): string {
  const address = new URL(url);
  address.host = proxy.address;
  return address.href;
}

/** `host:port` of a database's address. */
export function hostOf(url: string): string {
  return new URL(url).host;
}
