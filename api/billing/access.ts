import type { BookingId } from '../../domain/ids';
import { Problem } from '../../domain/problems';
import type { Database } from '../../platform/database/client';
import type { Caller } from '../auth/caller';
import { type BillingView, findBilling } from './record';

interface KnownBill {
  readonly bookingId: BookingId;
  readonly travelerId: string;
}

/**
 * Finds a bill that the caller may know of: its traveler, the owner of what was bought, an administrator.
 * @throws {Problem} `not-found` for everybody else, as if it did not exist
 */
export async function knownBill(database: Database, id: string, caller: Caller): Promise<KnownBill> {
  const row = await database.billingRecord.findUnique({ where: { id } });
  const mayKnow =
    row !== null && (caller.role === 'admin' || row.travelerId === caller.id || row.ownerId === caller.id);
  if (!mayKnow) throw new Problem('not-found', `There is no bill ${id.slice(0, 64)} here.`);
  return { bookingId: row.bookingId as BookingId, travelerId: row.travelerId };
}

/** @throws {Problem} `forbidden` for the owner of what was bought: the journey is the traveler's affair */
export async function readableBilling(database: Database, id: string, caller: Caller): Promise<BillingView> {
  const { bookingId, travelerId } = await knownBill(database, id, caller);
  if (travelerId !== caller.id && caller.role !== 'admin') {
    throw new Problem('forbidden', `Only its traveler may read bill ${id}.`);
  }
  const billing = await findBilling(database, bookingId);
  if (!billing) throw new Error(`bill ${id} has gone`);
  return billing;
}
