import type { Transactions } from '../../platform/database/transactions';
import { failpoint } from '../../platform/failpoint';
import type { Logger } from '../../platform/logger';
import { classifyFailure } from './classify-failure';
import type { Event, Group, Outcome } from './group';
import { GroupHeld } from './hold';
import { enterInbox } from './inbox';
import { takeTurns } from './turns';

/** How one transaction over some events ended. Unless it is `committed`, nothing of it was written. */
export type Attempt =
  | {
      readonly kind: 'committed';
      readonly done: number;
      readonly ignored: number;
      readonly duplicates: number;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'infrastructure'; readonly error: unknown }
  /** The group's view is being made anew: later. */
  | { readonly kind: 'held' };

class Refused extends Error {}

/** Handles events in one transaction, together with their inbox rows; an event that was handled before is passed over. */
export async function attempt(
  transactions: Transactions,
  groupId: string,
  group: Group,
  events: readonly Event[],
  log?: Logger,
): Promise<Attempt> {
  try {
    const counts = await transactions.run(async (transaction) => {
      const fresh = await enterInbox(transaction, groupId, events);
      await takeTurns(transaction, groupId, group, fresh);
      let ignored = 0;
      for (const event of fresh) {
        const outcome: Outcome = await group.handle(event, transaction, log);
        if (typeof outcome === 'object') throw new Refused(outcome.park);
        if (outcome === 'ignored') ignored += 1;
      }
      return { done: fresh.length - ignored, ignored, duplicates: events.length - fresh.length };
    });
    await failpoint('consumer.handled');
    return { kind: 'committed', ...counts };
  } catch (error) {
    if (error instanceof GroupHeld) return { kind: 'held' };
    if (error instanceof Refused) return { kind: 'refused', reason: error.message };
    return classifyFailure(error) === 'infrastructure'
      ? { kind: 'infrastructure', error }
      : { kind: 'failed', error };
  }
}
