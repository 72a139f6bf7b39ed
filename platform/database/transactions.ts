import { DatabaseError, Pool, type PoolClient, type QueryResultRow } from 'pg';
import { isConditionOfDatabase, sqlStateOf } from './sql-state';

/** How long after the server's own limit an answer may still be under way, milliseconds. */
const ANSWER_MS = 500;

/** Postgres cannot be reached, or answers with trouble of its own. The same work may succeed later. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/** One open transaction. Whoever opened it commits it; nothing handed this can. */
export interface Transaction {
  /** Runs one statement and answers its rows. */
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * A group's view is being made anew in it: nobody else writes to the view, so there is nothing to lock, and its events
   * have had what they lead to outside of the view already, or are too old for it: nothing is to be published.
   */
  readonly rebuilding?: true;
}

/** Plain SQL over a pool, for tables that are no business of the Prisma client. */
export interface Transactions {
  /**
   * Commits what `work` wrote, or nothing of it.
   * @throws {DatabaseAway} where a statement failed for a reason of the database's own, whatever `work` made of it
   * @throws whatever `work` threw
   */
  run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** One statement by itself. @throws {DatabaseAway} and the statement's own errors */
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface TransactionOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly poolSize: number;
  /** No transaction outlives this, milliseconds. */
  readonly timeoutMs: number;
}

/** One pool for one role. */
export function openTransactions(options: TransactionOptions): Transactions {
  const { timeoutMs } = options;
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.poolSize,
    connectionTimeoutMillis: timeoutMs,
    options: `-c transaction_timeout=${timeoutMs} -c statement_timeout=${timeoutMs}`,
    // The server's own limits do not help against a server that has fallen silent.
    query_timeout: timeoutMs + ANSWER_MS,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced; whoever asks next is told, if there is none to be had.
  pool.on('error', () => undefined);

  const withConnection = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => Promise.reject(away(error)));
    let fault: Error | undefined;
    // While it is lent out, the pool does not listen to it.
    const onError = (error: Error) => {
      fault ??= error;
    };
    client.on('error', onError);
    try {
      return await work(client);
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      // Between two statements, only the connection hears from the server why it is ended.
      const failure = fault && sqlStateOf(error) === undefined ? away(fault) : error;
      // What state it is in nobody knows; another one is made.
      fault ??= failure;
      throw failure;
    } finally {
      client.off('error', onError);
      client.release(fault !== undefined);
    }
  };

  return {
    run: (work) => withConnection((client) => runOn(client, work)),
    query: (text, values = []) =>
      withConnection(async (client) => {
        try {
          return (await client.query<never>(text, [...values])).rows;
        } catch (error) {
          throw isOfDatabase(error) ? away(error) : error;
        }
      }),
    close: () => pool.end(),
  };
}

async function runOn<T>(client: PoolClient, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  /** The first one: what a statement says afterwards is only that the transaction is lost. */
  let lost: DatabaseAway | undefined;
  const query = async <Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => {
    if (lost) throw lost;
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      if (!isOfDatabase(error)) throw error;
      lost = away(error);
      throw lost;
    }
  };
  try {
    await query('BEGIN');
    const result = await work({ query });
    if (lost) throw lost;
    await commit(client);
    return result;
  } catch (error) {
    const failure = lost ?? error;
    if (!(failure instanceof DatabaseAway)) await rollBack(client);
    throw failure;
  }
}

/** Postgres answers the COMMIT of a transaction with a failed statement by rolling it back, and without an error. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    throw isOfDatabase(error) ? away(error) : error;
  });
  if (command !== 'COMMIT') throw new Error('a statement failed and the work went on: nothing was committed');
}

async function rollBack(client: PoolClient): Promise<void> {
  await client.query('ROLLBACK').catch((error: unknown) => {
    throw away(error);
  });
}

/** The server's word about the statement is the statement's own fault, unless it speaks of the server's condition. */
function isOfDatabase(error: unknown): boolean {
  if (error instanceof DatabaseError) return isConditionOfDatabase(error.code ?? '');
  // The driver throws these for values that it cannot send.
  return !(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError);
}

function away(error: unknown): DatabaseAway {
  if (error instanceof DatabaseAway) return error;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new DatabaseAway(`Postgres: ${reason}`, { cause: error });
}
