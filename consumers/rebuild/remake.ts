import { TOPIC_RETENTION_MS } from '../../domain/topics';
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
/**
 * An event younger than this that the group has not handled is still to come to its members. A day less than the topics
 * keep it, so that it is there when they get to it.
 */
const STILL_TO_COME_MS = TOPIC_RETENTION_MS - DAY_MS;

/** What was passed over, and why. */
export interface PassedOver {
  /** The topic and id of a message; the fact's id where it cannot be told as any. */
  readonly what: string;
  readonly error: string;
}

export interface Remade {
  readonly handled: number;
  /** Events that the group had not handled and that its members will. */
  readonly left: number;
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
   * @param take of what can be told
   * @param passOver what cannot
   */
  readonly tellAll: (
    take: (message: IncomingMessage) => Promise<void>,
    passOver: (passedOver: PassedOver) => void,
  ) => Promise<void>;
  /**
   * Whether to handle also what the members have not had yet, which then has no effect but on the view. For what will
   * never come to them: topics were lost, or the settings tell of it now and did not when it happened.
   */
  readonly withUnread: boolean;
  readonly now: Date;
  /** Called with the number of events handled so far. */
  readonly onProgress?: (handled: number) => void;
}

/**
 * Makes a group's view anew, in the caller's open transaction: nobody sees anything of it before it commits, and
 * nothing has happened if it does not. Until then the group's members wait. What comes to them afterwards and was
 * handled here, they pass over by the inbox.
 *
 * It is made of what the group had handled, and of what is older than the topics: nothing else of that would come. What
 * the members are still to get is left to them, since only with them it has its effects outside of the view.
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
  await setInboxAside(transaction, groupId);
  const work = new Remaking(transaction, settings);
  await settings.tellAll(
    (message) => work.take(message),
    (one) => work.passedOver.push(one),
  );
  await work.flush();
  await putInboxBack(transaction, groupId);
  return {
    handled: work.handled,
    left: work.left,
    passedOver: work.passedOver,
    tables: await differencesOf(transaction, view),
  };
}

/** Empties the group's inbox, so that it tells which events this rebuild has handled, and keeps what it had. */
async function setInboxAside({ query }: Transaction, groupId: string): Promise<void> {
  await query(`CREATE TEMPORARY TABLE handled_before (event_id text, day date, handled_at timestamptz(3),
                 PRIMARY KEY (event_id, day)) ON COMMIT DROP`);
  await query(
    `WITH aside AS (DELETE FROM consumers.inbox WHERE group_id = $1 RETURNING event_id, day, handled_at)
     INSERT INTO handled_before SELECT * FROM aside`,
    [groupId],
  );
  await query('ANALYZE handled_before');
}

/** What was handled before and could not be now has had its effects all the same, and no member will read it again. */
async function putInboxBack({ query }: Transaction, groupId: string): Promise<void> {
  await query(
    `INSERT INTO consumers.inbox (day, group_id, event_id, handled_at)
     SELECT day, $1, event_id, handled_at FROM handled_before ON CONFLICT DO NOTHING`,
    [groupId],
  );
}

interface Waiting {
  readonly message: IncomingMessage;
  readonly event: Event;
}

class Remaking {
  handled = 0;
  left = 0;
  readonly passedOver: PassedOver[] = [];
  private waiting: Waiting[] = [];
  /** The inbox knows no event longer than this, so older ones need not be entered. */
  private readonly inboxFrom: string;
  private readonly toComeFrom: string;

  constructor(
    private readonly transaction: Transaction,
    private readonly settings: RemakeSettings,
  ) {
    const ago = (ms: number) => new Date(settings.now.getTime() - ms).toISOString();
    this.inboxFrom = ago(INBOX_DAYS * DAY_MS);
    this.toComeFrom = ago(STILL_TO_COME_MS);
  }

  async take(message: IncomingMessage): Promise<void> {
    const opened = this.settings.envelopes.open(message);
    if (opened.kind === 'misfit') {
      this.passedOver.push({ what: nameOf(message), error: `${opened.reason}: ${opened.error}` });
      return;
    }
    this.waiting.push({ message, event: opened.event });
    if (this.waiting.length >= EVENTS_AT_ONCE) await this.flush();
  }

  async flush(): Promise<void> {
    const waiting = this.waiting;
    this.waiting = [];
    const batch = await this.withoutUnread(waiting);
    if (batch.length === 0) return;
    if ((await this.handle(batch.map(({ event }) => event))) !== undefined) {
      for (const { message, event } of batch) {
        const error = await this.handle([event]);
        if (error !== undefined) this.passedOver.push({ what: nameOf(message), error });
      }
    }
    this.settings.onProgress?.(this.handled);
  }

  /** Leaves out what is still to come to the members. */
  private async withoutUnread(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    const young = batch.filter(({ event }) => event.time >= this.toComeFrom);
    if (this.settings.withUnread || young.length === 0) return batch;
    const rows = await this.transaction.query<{ event_id: string }>(
      'SELECT event_id FROM handled_before WHERE event_id = ANY($1)',
      [young.map(({ event }) => event.eventId)],
    );
    const known = new Set(rows.map(({ event_id }) => event_id));
    const kept = batch.filter(({ event }) => event.time < this.toComeFrom || known.has(event.eventId));
    this.left += batch.length - kept.length;
    return kept;
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

function nameOf({ topic, offset, headers }: IncomingMessage): string {
  return `${topic} ${headers.ce_id ?? offset}`;
}
