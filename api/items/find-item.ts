import type { Item } from '../../domain/item';
import { Problem } from '../../domain/problems';
import type { Database } from '../../platform/database/client';
import type { Caller } from '../auth/caller';
import { itemOf } from '../bookings/catalogue';

export async function findItemById(database: Database, id: string): Promise<Item | undefined> {
  const row = await database.item.findUnique({ where: { id } });
  return row ? itemOf(row) : undefined;
}

/** @throws {Problem} `not-found` */
export async function requireItem(database: Database, id: string): Promise<Item> {
  const item = await findItemById(database, id);
  if (!item) throw new Problem('not-found', `There is no item ${id}.`);
  return item;
}

/**
 * The item, where the caller may manage it: its owner, or an administrator.
 * @throws {Problem} `not-found`, or `forbidden`: what can be booked is public, so nobody need be kept from knowing
 */
export async function managedItem(database: Database, id: string, caller: Caller): Promise<Item> {
  const item = await requireItem(database, id);
  if (caller.role === 'admin' || item.ownerId === caller.id) return item;
  throw new Problem('forbidden', `Only its owner may manage ${id}.`);
}
