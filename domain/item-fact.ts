import type { FactId, ItemId } from './ids';

/** Everything that can happen to an item without a booking: what the item's own event log can hold. */
export const ITEM_FACT_TYPES = [
  'item.created',
  'item.changed',
  'availability.closed',
  'availability.opened',
  'rate.updated',
] as const;
export type ItemFactType = (typeof ITEM_FACT_TYPES)[number];

/** Who reviews prices, as `actorId` names it. Its facts say what follows from a plan, and change nothing of the item. */
export const PRICE_REVIEWER = 'rate-management-group';

/** One line of an item's event log. It has no state; its number is the item's version. */
export interface ItemFact {
  readonly factId: FactId;
  readonly type: ItemFactType;
  readonly itemId: ItemId;
  /** The item's version that it led to; rises by one with every fact of the item. */
  readonly version: number;
  /** The id of the owner or administrator who did it, or the name of a service. Opaque: never a name or address. */
  readonly actorId: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** ISO 8601 UTC. */
  readonly at: string;
}
