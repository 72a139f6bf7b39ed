import { isConditionOfDatabase, sqlStateOf } from '../../platform/database/sql-state';
import type { Transaction } from '../../platform/database/transactions';
import type { IncomingMessage } from '../../platform/kafka/port';
import type { Envelopes } from '../runner/envelope';
import type { Event, Group } from '../runner/group';
import { holdGroup } from '../runner/hold';
import { enterInbox, INBOX_DAYS } from '../runner/inbox';
import { differencesOf, rememberRows, type TableDifference, type View } from './view-rows';

const DAY_MS = 86_400_000;
/** A member of the group has its message in hand for 5 s at most. */
const HOLD_WAIT_MS = 30_000;
const EVENTS_AT_ONCE = 100;

/** A message that was passed over, and why. */
export interface PassedOver {
  readonly message: IncomingMessage;
  readonly error: string;
}

export interface Remade {
  readonly handled: number;
  readonly passedOver: readonly PassedOver[];
  readonly tables: readonly TableDifference[];
}

export interface RemakeSettings {
  readonly group: Group;
  readonly view: View;
  readonly groupId: string;
  readonly envelopes: Envelopes;
  /**
   * Hands on all that is to be handled, each booking's in order. Called once the group is held: what it had handled by
   * then must be among it.
   */
  readonly tellAll: (take: (message: IncomingMessage) => Promise<void>) => Promise<void>;
  /** Called with the number of events handled so far. */
  readonly onProgress?: (handled: number) => void;
}

/**
 * Makes a group's view anew, in the caller's open transaction: nobody sees anything of it before it commits, and
 * nothing has happened if it does not. Until then the group's members wait. What comes to them afterwards and was
 * handled here, they pass over by the inbox.
 */
export async function remake(
  { query }: Pick<Transaction, 'query'>,
  settings: RemakeSettings,
): Promise<Remade> {
  const transaction: Transaction = { query, rebuilding: true };
  const { view, groupId } = settings;
  await holdGroup(transaction, groupId, HOLD_WAIT_MS);
  await rememberRows(transaction, view);
  // Not TRUNCATE, which would keep readers of the view waiting until the end.
  for (const table of view.tables) await query(`DELETE FROM ${table}`);
  await query('DELETE FROM consumers.inbox WHERE group_id = $1', [groupId]);
  const work = new Remaking(transaction, settings);
  await settings.tellAll((message) => work.take(message));
  await work.flush();
  return {
    handled: work.handled,
    passedOver: work.passedOver,
    tables: await differencesOf(transaction, view),
  };
}

class Remaking {
  handled = 0;
  readonly passedOver: PassedOver[] = [];
  private waiting: { readonly message: IncomingMessage; readonly event: Event }[] = [];
  /** The inbox knows no event longer than this, so older ones need not be entered. */
  private readonly inboxFrom = new Date(Date.now() - INBOX_DAYS * DAY_MS).toISOString();

  constructor(
    private readonly transaction: Transaction,
    private readonly settings: RemakeSettings,
  ) {}

  async take(message: IncomingMessage): Promise<void> {
    const opened = this.settings.envelopes.open(message);
    if (opened.kind === 'misfit') {
      this.passedOver.push({ message, error: `${opened.reason}: ${opened.error}` });
      return;
    }
    this.waiting.push({ message, event: opened.event });
    if (this.waiting.length >= EVENTS_AT_ONCE) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length === 0) return;
    if ((await this.handle(batch.map(({ event }) => event))) !== undefined) {
      for (const { message, event } of batch) {
        const error = await this.handle([event]);
        if (error !== undefined) this.passedOver.push({ message, error });
      }
    }
    this.settings.onProgress?.(this.handled);
  }

  /** All of them or none. @returns why it was none */
  private async handle(events: readonly Event[]): Promise<string | undefined> {
    const { query } = this.transaction;
    await query('SAVEPOINT events');
    try {
      const fresh = await this.enter(events);
      for (const event of fresh) {
        const outcome = await this.settings.group.handle(event, this.transaction);
        if (typeof outcome === 'object') throw new Error(outcome.park);
      }
      await query('RELEASE SAVEPOINT events');
      this.handled += fresh.length;
      return undefined;
    } catch (error) {
      // Not the event's fault, and the next one would fare no better.
      if (isConditionOfDatabase(sqlStateOf(error) ?? '')) throw error;
      await query('ROLLBACK TO SAVEPOINT events');
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async enter(events: readonly Event[]): Promise<Event[]> {
    const young = events.filter(({ time }) => time >= this.inboxFrom);
    if (young.length === 0) return [...events];
    const fresh = new Set(await enterInbox(this.transaction, this.settings.groupId, young));
    return events.filter((event) => event.time < this.inboxFrom || fresh.has(event));
  }
}
