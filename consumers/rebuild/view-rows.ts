import type { Transaction } from '../../platform/database/transactions';
import type { OwnTable, Rebuild } from '../runner/group';

/** What became of a table's rows when they were made anew; of those that are compared. */
export interface TableDifference {
  readonly table: OwnTable;
  readonly before: number;
  readonly after: number;
  /** Rows that were there before and are not now, and the other way round; a changed row is one of each. */
  readonly gone: number;
  readonly added: number;
}

export type View = Extract<Rebuild, { tables: readonly OwnTable[] }>;

/** A row as one number, whatever the order of columns, rows and keys; without what differs each time it is written. */
const ROW_HASH = 'hashtextextended((to_jsonb(t) - $1::text[])::text, 0)';

/** A table's rows as one text: equal for equal rows in whatever order, and hardly ever for others. */
export async function checksumOf(
  { query }: Transaction,
  { tables, except = [], compared = {} }: View,
): Promise<string> {
  const sums: string[] = [];
  for (const table of tables) {
    const [row] = await query<{ sum: string }>(
      `SELECT count(*) || ':' || COALESCE(sum(${ROW_HASH}::numeric), 0) AS sum FROM ${table} t WHERE ${compared[table] ?? true}`,
      [except],
    );
    sums.push(`${table}=${row?.sum}`);
  }
  return sums.join(' ');
}

/** Keeps what the tables hold in a table of the transaction's own, to be compared later on. */
export async function rememberRows(
  { query }: Transaction,
  { tables, except = [], compared = {} }: View,
): Promise<void> {
  await query('CREATE TEMPORARY TABLE rows_before (of_table text, row_hash bigint) ON COMMIT DROP');
  for (const table of tables) {
    await query(
      `INSERT INTO rows_before SELECT $2, ${ROW_HASH} FROM ${table} t WHERE ${compared[table] ?? true}`,
      [except, table],
    );
  }
}

/** Compares the tables with what {@link rememberRows} kept of them. */
export async function differencesOf(
  { query }: Transaction,
  { tables, except = [], compared = {} }: View,
): Promise<TableDifference[]> {
  const differences: TableDifference[] = [];
  for (const table of tables) {
    const [row] = await query<Omit<TableDifference, 'table'>>(
      `WITH before AS (SELECT row_hash, count(*) AS times FROM rows_before WHERE of_table = $2 GROUP BY row_hash),
            now AS (SELECT ${ROW_HASH} AS row_hash, count(*) AS times FROM ${table} t
                     WHERE ${compared[table] ?? true} GROUP BY 1)
       SELECT COALESCE(sum(before.times), 0)::int AS before, COALESCE(sum(now.times), 0)::int AS after,
              COALESCE(sum(GREATEST(before.times - COALESCE(now.times, 0), 0)), 0)::int AS gone,
              COALESCE(sum(GREATEST(now.times - COALESCE(before.times, 0), 0)), 0)::int AS added
       FROM before FULL JOIN now USING (row_hash)`,
      [except, table],
    );
    if (row) differences.push({ table, ...row });
  }
  return differences;
}
