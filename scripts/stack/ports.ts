import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath, runTool } from './run-tool';

const HOST = '127.0.0.1';

/** A port that something else listens on; `message` names the owner where the system tells it. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

/** A port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** @throws {PortTakenError} saying who has it and which setting moves `what` elsewhere. */
export async function requireFreePort(port: number, what: string, setting: string): Promise<void> {
  if (await canListen(port)) return;
  const owner = await portOwner(port);
  throw new PortTakenError(
    `Port ${port}, wanted for ${what}, is taken${owner ? ` by ${owner}` : ''}. ` +
      `End that process, or choose another port with ${setting}.`,
  );
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    // On all addresses: a service bound to 0.0.0.0 would let us listen on 127.0.0.1 on some systems.
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts connections there, within `timeoutMs`. */
export function accepts(host: string, port: number, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}

/** Waits until something accepts connections there. */
export async function untilAccepts(host: string, port: number, signal?: AbortSignal): Promise<void> {
  while (!(await accepts(host, port))) await sleep(50, undefined, { signal });
}

/** `name (pid 123)` of whoever listens on the port, as far as this user may see it. */
export async function portOwner(port: number): Promise<string | undefined> {
  if (process.platform === 'linux') return ownerFromProc(port);
  if (!findOnPath('lsof')) return undefined;
  try {
    const fields = await runTool('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
    const pid = /^p(\d+)$/m.exec(fields)?.[1];
    return pid && `${/^c(.+)$/m.exec(fields)?.[1] ?? 'process'} (pid ${pid})`;
  } catch {
    return undefined; // lsof ends with 1 when it may not see the owner
  }
}

function ownerFromProc(port: number): string | undefined {
  const inode = listeningInode(port);
  if (!inode) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const holds = readdirSync(`/proc/${pid}/fd`).some(
        (fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`,
      );
      if (holds) return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`;
    } catch {
      // a process that ended meanwhile, or of another user
    }
  }
  return undefined;
}

function listeningInode(port: number): string | undefined {
  const LISTEN = '0A';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const rows = readFileSync(table, 'utf8').trim().split('\n').slice(1);
    for (const row of rows.map((line) => line.trim().split(/\s+/))) {
      if (row[1]?.endsWith(suffix) && row[3] === LISTEN) return row[9];
    }
  }
  return undefined;
}
