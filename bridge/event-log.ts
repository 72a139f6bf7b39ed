import type { Client } from 'pg';
import type { FactRow } from './outbox-queries';
import { TOLD_COLUMNS, TOLD_JOINS } from './told-columns';

/** Anything that runs SQL. */
export interface Sql {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

const FACTS_AT_ONCE = 500;

/** A fact of the event log, by what it is about. */
export interface LoggedFact {
  readonly fact_id: string;
  readonly booking_id: string | null;
  readonly item_id: string | null;
}

/** Facts as the relay had them in its hands: what they are told as follows by `sayer`. In the order given. */
export async function readFacts({ query }: Sql, facts: readonly LoggedFact[]): Promise<FactRow[]> {
  return query<FactRow>(
    `SELECT o.nth::text AS id, 0 AS lane, o.fact_id, o.booking_id, o.item_id, o.publication, 0::float8 AS waited,
            ${TOLD_COLUMNS}
     FROM (
       SELECT facts.*, NULL::text AS publication
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS facts (fact_id, booking_id, item_id, nth)
     ) o
     ${TOLD_JOINS}
     ORDER BY o.nth`,
    [
      facts.map((fact) => fact.fact_id),
      facts.map((fact) => fact.booking_id),
      facts.map((fact) => fact.item_id),
    ],
  );
}

/**
 * Reads facts through a cursor, in one transaction that sees the log as it is when this is called. The session must be
 * in no other one.
 * @param query selects `fact_id, booking_id, item_id`, in the order wanted
 */
export async function* readLog(
  database: Client,
  query: string,
  values: readonly unknown[] = [],
): AsyncGenerator<FactRow> {
  const sql = sqlOn(database);
  await database.query('BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ');
  try {
    await sql.query(`DECLARE facts NO SCROLL CURSOR FOR ${query}`, values);
    for (;;) {
      const facts = await sql.query<LoggedFact>(`FETCH ${FACTS_AT_ONCE} FROM facts`);
      if (facts.length === 0) return;
      yield* await readFacts(sql, facts);
    }
  } finally {
    await database.query('ROLLBACK');
  }
}

/** A session's statements, answering their rows. */
export function sqlOn(database: Client): Sql {
  return {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await database.query<Row>(text, [...values])).rows,
  };
}
