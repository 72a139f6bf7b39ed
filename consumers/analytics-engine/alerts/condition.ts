import type { ItemId } from '../../../domain/ids';
import type { Transaction } from '../../../platform/database/transactions';

/** Something out of the ordinary, as a look finds it. */
export interface Condition {
  /** An item, an owner or a consumer group: there is one alert of a kind about it at a time. */
  readonly subject: string;
  readonly itemId?: ItemId;
  /** Whose business it is. Absent: the operators'. */
  readonly ownerId?: string;
  /** For people. */
  readonly text: string;
  readonly observed: Readonly<Record<string, unknown>>;
}

/** Finds all there is of one kind, at `now`. `groupIds` are the consumer groups that the product has. */
export type Look = (transaction: Transaction, now: Date, groupIds: readonly string[]) => Promise<Condition[]>;
