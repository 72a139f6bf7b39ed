import {
  ALERT_KINDS,
  ALERT_THRESHOLDS,
  type AlertKind,
  type AlertStatus,
} from '../../../domain/analytics/alerts';
import { propertyIdOf } from '../../../domain/hotel';
import type { ItemId } from '../../../domain/ids';
import { ANALYTICS_GROUP } from '../../../domain/topics';
import type { Transaction, Transactions } from '../../../platform/database/transactions';
import { publish, publishedFactId } from '../../publish';
import type { Condition, Look } from './condition';
import { lag } from './lag';
import { overbooking } from './overbooking';
import { decliningPayments, refundSpike } from './payments';

const LOOKS: Readonly<Record<AlertKind, Look>> = {
  overbooking,
  'refund-spike': refundSpike,
  'declining-payments': decliningPayments,
  lag,
};

/** One process looks at a time: two would open the same alert twice. */
const LOCK = 4_270_023;

interface AlertRow {
  readonly id: string;
  readonly subject: string;
  readonly item_id: ItemId | null;
  readonly owner_id: string | null;
  readonly text: string;
  readonly observed: Record<string, unknown>;
}

/**
 * Looks for every kind of alert, each in a transaction of its own: opens what has begun and closes what is over, and
 * publishes either once.
 * @param groupIds the consumer groups that there are, for {@link lag}
 * @throws {AggregateError} holding what went wrong with some kinds, after all of them
 */
export async function lookForAlerts(
  transactions: Transactions,
  now: Date,
  groupIds: readonly string[],
): Promise<void> {
  const failures: unknown[] = [];
  for (const kind of ALERT_KINDS) {
    await transactions
      .run((transaction) => look(transaction, kind, now, groupIds))
      .catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some kinds of alert could not be looked for');
}

async function look(
  transaction: Transaction,
  kind: AlertKind,
  now: Date,
  groupIds: readonly string[],
): Promise<void> {
  const [lock] = await transaction.query<{ ours: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS ours', [
    LOCK,
  ]);
  if (!lock?.ours) return;
  const found = new Map((await LOOKS[kind](transaction, now, groupIds)).map((one) => [one.subject, one]));
  const open = await transaction.query<AlertRow>(
    `SELECT id, subject, item_id, owner_id, text, observed FROM analytics.alerts WHERE kind = $1 AND closed_at IS NULL
     ORDER BY subject`,
    [kind],
  );
  for (const row of open) {
    if (found.delete(row.subject)) continue;
    await transaction.query('UPDATE analytics.alerts SET closed_at = $2 WHERE id = $1', [row.id, now]);
    await tell(transaction, kind, 'closed', row, now);
  }
  for (const condition of found.values()) await begin(transaction, kind, condition, now);
}

async function begin(
  transaction: Transaction,
  kind: AlertKind,
  condition: Condition,
  now: Date,
): Promise<void> {
  const { subject, itemId, ownerId, text, observed } = condition;
  const id = publishedFactId(ANALYTICS_GROUP, `alert ${kind} ${subject} ${now.toISOString()}`);
  const row: AlertRow = { id, subject, item_id: itemId ?? null, owner_id: ownerId ?? null, text, observed };
  await transaction.query(
    `INSERT INTO analytics.alerts (id, kind, subject, item_id, owner_id, text, observed, opened_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, kind, subject, row.item_id, row.owner_id, text, JSON.stringify(observed), now],
  );
  await tell(transaction, kind, 'opened', row, now);
}

async function tell(
  transaction: Transaction,
  kind: AlertKind,
  status: AlertStatus,
  { id, subject, item_id: itemId, owner_id: ownerId, text, observed }: AlertRow,
  now: Date,
): Promise<void> {
  const propertyId = itemId === null ? null : propertyIdOf(itemId);
  await publish(transaction, {
    publisher: ANALYTICS_GROUP,
    event: `alert ${id} ${status}`,
    topic: 'analyticsAlert',
    // So that an alert's end comes after its beginning.
    key: propertyId ?? subject,
    at: now.toISOString(),
    message: {
      confirmationNumber: null,
      ...{ propertyId, itemId, ownerId, alertId: id, kind, status, subject, text, observed },
      threshold: { ...ALERT_THRESHOLDS[kind] },
    },
  });
}
