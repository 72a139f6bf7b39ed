import type { Transaction } from '../../platform/database/transactions';
import type { Letter } from './letter';

/** What was done about a letter. */
export interface Settlement {
  readonly outcome: 'replayed' | 'dropped';
  /** What came of the replay, or why it was dropped. */
  readonly note: string;
  readonly by: string;
  readonly at: Date;
}

interface Row {
  readonly id: string;
  readonly outcome: Settlement['outcome'];
  readonly note: string;
  readonly by: string;
  readonly at: Date;
  readonly parked_at: Date;
}

/** Answers what was done about a letter; undefined where nothing was. */
export type Settled = (letter: Letter) => Settlement | undefined;

/** Reads what was done about the letters of some topics. */
export async function readSettled(
  { query }: Pick<Transaction, 'query'>,
  topics: readonly string[],
): Promise<Settled> {
  const rows = await query<Row>(
    `SELECT topic || '/' || partition || '/' || "offset" AS id, outcome, note, settled_by AS by, settled_at AS at, parked_at
     FROM consumers.dead_letters_settled WHERE topic = ANY($1)`,
    [topics],
  );
  const known = new Map(rows.map((row) => [keyOf(row.id, row.parked_at.getTime()), row]));
  return ({ id, parkedAt }) => known.get(keyOf(id, parkedAt));
}

/** Remembers what was done about a letter; the first time counts. */
export async function settle(
  { query }: Pick<Transaction, 'query'>,
  { topic, partition, offset, parkedAt, groupId }: Letter,
  { outcome, note, by }: Omit<Settlement, 'at'>,
): Promise<void> {
  await query(
    `INSERT INTO consumers.dead_letters_settled (topic, partition, "offset", parked_at, group_id, outcome, note, settled_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [topic, partition, offset, new Date(parkedAt), groupId, outcome, note, by],
  );
}

function keyOf(id: string, parkedAt: number): string {
  return `${id}@${parkedAt}`;
}
