import type { AlertKind } from '../../domain/analytics/alerts';
import type { Database } from '../../platform/database/client';
import { Prisma } from '../../prisma/generated/client';
import type { Caller } from '../auth/caller';

/** How many are answered at once; older ones by an earlier `to`. */
export const MOST_ALERTS = 200;

export interface AskedAlerts {
  readonly status: 'open' | 'closed' | 'all';
  readonly kind?: AlertKind | undefined;
  /** Instants: opened from then on, and before. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface AlertRow {
  readonly id: string;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly item_id: string | null;
  readonly owner_id: string | null;
  readonly text: string;
  readonly observed: Record<string, unknown>;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
}

/** Alerts that a caller may see, newest first: an owner those about what is theirs, an administrator all. */
export function alertsOf(database: Database, caller: Caller, asked: AskedAlerts): Promise<AlertRow[]> {
  const conditions = [
    Prisma.sql`true`,
    ...(caller.role === 'admin' ? [] : [Prisma.sql`owner_id = ${caller.id}`]),
    ...(asked.status === 'open' ? [Prisma.sql`closed_at IS NULL`] : []),
    ...(asked.status === 'closed' ? [Prisma.sql`closed_at IS NOT NULL`] : []),
    ...(asked.kind === undefined ? [] : [Prisma.sql`kind = ${asked.kind}`]),
    ...(asked.from === undefined ? [] : [Prisma.sql`opened_at >= ${asked.from}::timestamptz`]),
    ...(asked.to === undefined ? [] : [Prisma.sql`opened_at < ${asked.to}::timestamptz`]),
  ];
  return database.$queryRaw<AlertRow[]>`
    SELECT id, kind, subject, item_id, owner_id, text, observed, opened_at, closed_at FROM analytics.alerts
    WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY opened_at DESC, id LIMIT ${MOST_ALERTS}`;
}
