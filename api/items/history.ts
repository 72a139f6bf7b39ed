import { z } from 'zod';
import { ITEM_FACT_TYPES, type ItemFactType } from '../../domain/item-fact';
import type { Database } from '../../platform/database/client';

export const historyEntrySchema = z
  .object({
    version: z.int().meta({ description: 'The version that this change led to.' }),
    type: z.enum(ITEM_FACT_TYPES),
    actorId: z.string().meta({ description: 'Who did it: an owner, an administrator or a service.' }),
    at: z.iso.datetime(),
    details: z.record(z.string(), z.unknown()).meta({
      description:
        'Of a change, its fields `before` and `after`; of closed dates, the `stay`; of a rate, the rate.',
    }),
  })
  .meta({ id: 'ItemHistoryEntry' });

export const historyExample = {
  version: 4,
  type: 'item.changed',
  actorId: 'owner-1',
  at: '2026-11-02T09:30:00.000Z',
  details: { before: { capacity: 10 }, after: { capacity: 12 } },
};

export interface HistoryPage {
  readonly limit: number;
  /** Versions below this one; absent: from the newest on. */
  readonly before: number | undefined;
}

/** What happened to an item, newest first. */
export async function historyOf(database: Database, itemId: string, { limit, before }: HistoryPage) {
  const rows = await database.itemFactRow.findMany({
    where: { itemId, ...(before !== undefined && { version: { lt: before } }) },
    orderBy: { version: 'desc' },
    take: limit,
  });
  return rows.map(({ version, type, actorId, at, details }) => ({
    version,
    type: type as ItemFactType,
    actorId,
    at: at.toISOString(),
    details: details as Record<string, unknown>,
  }));
}
