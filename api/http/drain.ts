import type { Server } from 'node:http';

/**
 * Takes no more connections, lets every request in hand be answered, then closes what is left.
 *
 * @param graceMs longer than any request may take
 */
export async function drain(server: Server, graceMs: number): Promise<void> {
  // Kept-alive connections get to know that they end with this answer.
  server.prependListener('request', (_request, response) => {
    response.setHeader('Connection', 'close');
  });
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A connection becomes idle only once its request in hand is answered.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed.finally(() => {
    clearInterval(sweep);
    clearTimeout(force);
  });
}
