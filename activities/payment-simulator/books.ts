import type { Pool } from 'pg';

/** Where the simulator writes down what it did. */
export type Books = Pool;

/** The row that a statement was sure to answer. */
export function one<Row>(rows: readonly Row[], key: string): Row {
  const row = rows[0];
  if (row === undefined) throw new Error(`the provider knows nothing of ${key}`);
  return row;
}
