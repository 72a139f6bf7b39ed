import type { Client } from 'pg';

/** How often a role had the database run a statement, and for how long in all. */
export interface StatementCount {
  /** The database user; each role of the product has its own here. */
  readonly role: string;
  readonly query: string;
  readonly calls: number;
  readonly ms: number;
}

/**
 * Top-level statements so far, by role. What a function or trigger runs inside is part of the statement that called it.
 * @param postgres a connection to a database that has the extension pg_stat_statements
 */
export async function readStatements(postgres: Client, database: string): Promise<StatementCount[]> {
  const { rows } = await postgres.query<StatementCount>(
    `SELECT r.rolname AS role, s.query, sum(s.calls)::float8 AS calls, sum(s.total_exec_time) AS ms
     FROM pg_stat_statements s
     JOIN pg_roles r ON r.oid = s.userid
     JOIN pg_database d ON d.oid = s.dbid
     WHERE d.datname = $1 AND r.rolname LIKE 'bench\\_%'
     GROUP BY 1, 2`,
    [database],
  );
  return rows.map((row) => ({ ...row, role: row.role.replace('bench_', '') }));
}

/** What was run between two readings. */
export function statementsBetween(
  before: readonly StatementCount[],
  after: readonly StatementCount[],
): StatementCount[] {
  const key = ({ role, query }: StatementCount) => `${role} ${query}`;
  const earlier = new Map(before.map((count) => [key(count), count]));
  return after
    .map((count) => {
      const known = earlier.get(key(count));
      return { ...count, calls: count.calls - (known?.calls ?? 0), ms: count.ms - (known?.ms ?? 0) };
    })
    .filter(({ calls }) => calls > 0);
}

/** Adds up counts of the same statement. */
export function sumStatements(counts: readonly StatementCount[]): StatementCount[] {
  const sums = new Map<string, StatementCount>();
  for (const count of counts) {
    const key = `${count.role} ${count.query}`;
    const sum = sums.get(key);
    sums.set(key, sum ? { ...sum, calls: sum.calls + count.calls, ms: sum.ms + count.ms } : count);
  }
  return [...sums.values()];
}
