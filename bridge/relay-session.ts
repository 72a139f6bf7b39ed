import { Socket } from 'node:net';
import { Client, type QueryResultRow } from 'pg';
import { OUTBOX_CHANNEL } from '../platform/outbox-hint';
import { pause } from './waiting';

const STATEMENT_MS = 5_000;
const HEARTBEAT_MS = 1_000;
const GOODBYE_MS = 1_000;
/**
 * How the server gets rid of us within about ten seconds when we are gone without a word: the first four where the
 * machine or the network vanished, the last where this process stands still, since a living one gives a sign of life
 * every second.
 */
const VANISHING = [
  'tcp_keepalives_idle=5',
  'tcp_keepalives_interval=2',
  'tcp_keepalives_count=3',
  'tcp_user_timeout=10000',
  'idle_session_timeout=10000',
];
/**
 * Index lookups only. The outbox is empty now and a million rows long later, so its statistics are always wrong, and
 * with wrong ones the planner reads the whole backlog for each batch: 350 ms instead of 20 at 100,000 rows.
 */
const PLANNER = [
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
];

/** The session with Postgres ended, and with it every lane that was held under it. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost';
}

/**
 * The relay's one connection to Postgres. The lanes' locks live in it, and all of the relay's SQL runs on it: who
 * has lost the locks can neither read the outbox nor delete from it. A pooled connection would give neither.
 */
export interface RelaySession {
  /** @throws {SessionLost} when the connection is gone, or does not answer within 5 s. */
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Aborted with a {@link SessionLost} as soon as the connection is gone. */
  readonly lost: AbortSignal;
  /** `performance.now()` before the latest statement that was answered: until then, the locks were ours for certain. */
  readonly provenAt: number;
  close(): Promise<void>;
}

/**
 * Connects, listens for hints, and asks for a sign of life every second.
 * @param onHint called when a writer says that the outbox has rows
 * @throws {SessionLost} when Postgres cannot be reached
 */
export async function openRelaySession(databaseUrl: string, onHint: () => void): Promise<RelaySession> {
  // Our own socket, so that it can be closed without asking a server that may not answer.
  const socket = new Socket();
  const client = new Client({
    stream: () => socket,
    connectionString: databaseUrl,
    application_name: 'booking-saga bridge',
    connectionTimeoutMillis: STATEMENT_MS,
    query_timeout: STATEMENT_MS,
    statement_timeout: STATEMENT_MS,
    keepAlive: true,
    options: [...VANISHING, ...PLANNER].map((setting) => `-c ${setting}`).join(' '),
  });
  const losing = new AbortController();
  const lose = (error: unknown): SessionLost => {
    if (!losing.signal.aborted) losing.abort(asLost(error));
    socket.destroy();
    return losing.signal.reason as SessionLost;
  };
  client.on('error', lose);
  client.on('end', () => lose(new Error('the connection was closed')));
  client.on('notification', onHint);

  let provenAt = performance.now();
  // One statement at a time: the client's own queue is deprecated.
  let queue: Promise<unknown> = Promise.resolve();
  const run = async <Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> => {
    losing.signal.throwIfAborted();
    const asked = performance.now();
    try {
      const { rows } = await client.query<Row>(text, [...values]);
      provenAt = asked;
      return rows;
    } catch (error) {
      if (isRefusedStatement(error)) throw error;
      throw lose(error);
    }
  };
  const query = <Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => {
    const answer = queue.then(() => run<Row>(text, values));
    queue = answer.catch(() => undefined);
    return answer;
  };

  try {
    await client.connect();
    await query(`LISTEN ${OUTBOX_CHANNEL}`);
  } catch (error) {
    throw lose(error);
  }
  const heartbeat = setInterval(() => {
    if (performance.now() - provenAt >= HEARTBEAT_MS) query('SELECT 1').catch(lose);
  }, HEARTBEAT_MS);

  return {
    query,
    lost: losing.signal,
    get provenAt() {
      return provenAt;
    },
    async close() {
      clearInterval(heartbeat);
      await queue;
      const goodbye = client.end().catch(() => undefined); // gone already
      await Promise.race([goodbye, pause(GOODBYE_MS, losing.signal)]);
      lose(new Error('closed by the relay'));
    },
  };
}

/** The server heard the statement and said no; the session goes on. Classes 08 and 57 end it. */
function isRefusedStatement(error: unknown): boolean {
  const { severity, code = '' } = error as { severity?: string; code?: string };
  return severity === 'ERROR' && !code.startsWith('08') && !code.startsWith('57P');
}

function asLost(error: unknown): SessionLost {
  if (error instanceof SessionLost) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SessionLost(`no session with Postgres: ${reason}`, { cause: error });
}
