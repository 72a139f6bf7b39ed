import { sqlStateOf } from '../../platform/database/sql-state';
import type { Transaction } from '../../platform/database/transactions';

/*
 * A group is held while its view is made anew: whoever does that has the lock for itself, every transaction of the
 * group's members shares it. So a member sees the view as it was before or as it is afterwards, and a rebuild that dies
 * holds nobody up. In the two-key space of advisory locks, (class, hash of the group's id); the bridge has the classes
 * before this one.
 */
export const HOLD_LOCK = 4_270_004;

/** The group's view is being made anew just now: its events wait. */
export class GroupHeld extends Error {
  override readonly name = 'GroupHeld';
}

/** Somebody else has the group: another rebuild, or a member whose transaction does not end. */
export class GroupBusy extends Error {
  override readonly name = 'GroupBusy';
}

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Holds a group until the transaction ends. Waits for what its members have in hand, milliseconds.
 * @throws {GroupBusy} where that takes longer; the transaction is lost then
 */
export async function holdGroup(
  { query }: Pick<Transaction, 'query'>,
  groupId: string,
  waitMs: number,
): Promise<void> {
  await query(`SELECT set_config('lock_timeout', $1, true)`, [`${waitMs}ms`]);
  try {
    await query('SELECT pg_advisory_xact_lock($1, hashtext($2))::text', [HOLD_LOCK, groupId]);
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new GroupBusy(`somebody else has ${groupId} in hand for more than ${waitMs / 1_000} s`, {
      cause: error,
    });
  }
  await query(`SELECT set_config('lock_timeout', '0', true)`);
}
