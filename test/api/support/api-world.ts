import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import pino from 'pino';
import { createApp } from '../../../api/app';
import { tokenVerifier } from '../../../api/auth/verify-token';
import { openApiDatabase } from '../../../api/database';
import type { ApiDeps } from '../../../api/deps';
import { hasSimulator, simulatorDesk } from '../../../api/development/simulator-desk';
import { LiveStreams } from '../../../api/live/live-streams';
import { HandLoop } from '../../../api/webhooks/hand-loop';
import { providerEvents } from '../../../api/webhooks/provider-events';
import type { Config } from '../../../platform/config';
import { readConfig } from '../../../platform/config';
import { seed } from '../../../scripts/seed';
import { freshDatabase, type TestDatabase } from '../../support/database';
import { Contract, type OpenApi, type Reply } from './contract';
import { FakeNudges } from './fake-nudges';
import { FakeSaga } from './fake-saga';

/** The API over a database of its own and a stand-in for Temporal. */
export interface ApiWorld {
  readonly base: string;
  readonly config: Config;
  readonly database: TestDatabase;
  readonly saga: FakeSaga;
  /** Stands in for the topics. */
  readonly nudges: FakeNudges;
  readonly live: LiveStreams;
  /** Lines of the log, as JSON. */
  readonly log: string[];
  /** What the API takes for the present. */
  setNow(iso: string): void;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface CallOptions {
  /** `traveler:ann`, or a whole Authorization header's value where it has a space. */
  readonly as?: string;
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type { Reply };

export interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly deps?: Partial<ApiDeps>;
  /** The address by which the API reaches its database. */
  readonly through?: (url: string) => string;
}

export const SECRET = 'development-only-secret-do-not-use-in-production';

/** Noon in New York, where the demo villa is. */
export const NOON = '2026-06-15T16:00:00.000Z';

export async function apiWorld(options: WorldOptions = {}): Promise<ApiWorld> {
  const database = await freshDatabase();
  await seed(database.url, new Date(NOON));
  const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, ...options.env });
  let now = new Date(NOON);
  const saga = new FakeSaga(database, () => now);
  const log: string[] = [];
  const prisma = openApiDatabase({
    ...config,
    DATABASE_URL: options.through?.(database.url) ?? database.url,
  });
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) });
  const handLoop = new HandLoop({ database: prisma, events: providerEvents({ saga }), logger, pollMs: 100 });
  handLoop.start();
  const desk = hasSimulator(config) ? simulatorDesk(config) : undefined;
  const nudges = new FakeNudges();
  const live = new LiveStreams({ config, database: prisma, nudges, logger });
  const deps: ApiDeps = {
    config,
    logger,
    database: prisma,
    saga,
    ...(desk && { simulatorDesk: desk }),
    live,
    handSoon: () => handLoop.handSoon(),
    verifyToken: tokenVerifier(config),
    now: () => now,
    ...options.deps,
  };
  const server = createServer(createApp(deps));
  const base = await listen(server);
  const contract = new Contract((await (await fetch(`${base}/openapi.json`)).json()) as OpenApi);
  return {
    base,
    config,
    database,
    saga,
    nudges,
    live,
    log,
    setNow: (iso) => {
      now = new Date(iso);
    },
    call: async (method, path, call = {}) => {
      const reply = await send(base, method, path, call);
      contract.check(method, path, reply);
      return reply;
    },
    close: async () => {
      await live.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await handLoop.stop();
      await desk?.close();
      await prisma.$disconnect();
      await database.close();
    },
  };
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function send(base: string, method: string, path: string, call: CallOptions): Promise<Reply> {
  const { as, body, key, headers } = call;
  const authorization = as?.includes(' ') ? as : as && `Bearer ${await token(as)}`;
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(authorization && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // A stream has no end: whoever asked for a refusal shall see at once that there was none.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const text = isStream ? '' : await response.text();
  if (isStream) await response.body?.cancel();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** A token for `role:sub`, with claims changed or, where undefined, left out. */
export async function token(
  who: string,
  claims: Record<string, unknown> = {},
  secret: string = SECRET,
): Promise<string> {
  const [role, sub] = who.split(':');
  const seconds = Math.floor(Date.now() / 1000);
  const all = {
    role,
    sub,
    iss: 'booking-saga',
    aud: 'booking-saga-api',
    iat: seconds,
    exp: seconds + 600,
    ...claims,
  };
  const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return await new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
}
