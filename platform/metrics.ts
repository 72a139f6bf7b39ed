import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { RunningRole } from './role';

/** Every metric of this process, whichever role it belongs to. */
export const metrics = new Registry();

let collecting = false;

/** Adds memory, CPU and event-loop figures of the process; once, however many roles run in it. */
export function collectProcessMetrics(): void {
  if (collecting) return;
  collecting = true;
  collectDefaultMetrics({ register: metrics });
}

/** What is wrong with these roles, one line each; empty while all is well. */
export async function troublesOf(roles: readonly RunningRole[]): Promise<string[]> {
  const answers = await Promise.all(roles.map((role) => roleTrouble(role)));
  return answers.filter((trouble) => trouble !== undefined);
}

async function roleTrouble(role: RunningRole): Promise<string | undefined> {
  try {
    const trouble = await role.trouble?.();
    return trouble === undefined ? undefined : `${role.role}: ${trouble}`;
  } catch (error) {
    return `${role.role}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The health server of a process, and the port it really got. */
export interface HealthServer extends RunningRole {
  readonly port: number;
}

/**
 * Serves `/livez`, `/readyz` and `/metrics` for a process without the API role.
 * @param port 0 takes any free port
 */
export async function startHealthServer(port: number, roles: readonly RunningRole[]): Promise<HealthServer> {
  collectProcessMetrics();
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response, roles).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(error instanceof Error ? error.name : 'error');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    role: 'health',
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(url: string, response: ServerResponse, roles: readonly RunningRole[]): Promise<void> {
  const path = url.split('?', 1)[0];
  if (path === '/livez') return json(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const troubles = await troublesOf(roles);
    return json(
      response,
      troubles.length === 0 ? 200 : 503,
      troubles.length === 0 ? { status: 'ok' } : { status: 'not ready', troubles },
    );
  }
  if (path === '/metrics') {
    const text = await metrics.metrics();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
    return;
  }
  json(response, 404, { status: 'not found' });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
