import { deleteRows, readBatch } from '../../bridge/outbox-queries';
import type { RelaySession } from '../../bridge/relay-session';
import { sayer } from '../../bridge/say';
import { attempt } from '../../consumers/runner/attempt';
import { Envelopes } from '../../consumers/runner/envelope';
import type { Event, Group } from '../../consumers/runner/group';
import type { System } from '../../domain/item';
import type { Transactions } from '../../platform/database/transactions';
import type { IncomingMessage, OutgoingMessage } from '../../platform/kafka/port';
import type { Logger } from '../../platform/logger';
import type { TestDatabase } from './database';

const RENAMES = { KAFKA_REQUEST_TOPIC: 'booking-requests', KAFKA_RESPONSE_TOPIC: 'booking-updates' };
const LANES = Array.from({ length: 16 }, (_, lane) => lane);

/**
 * Takes what stands in the outbox out of it, as the bridge would tell it, oldest first.
 * @param dialects further ones, as in TOPIC_DIALECTS
 */
export async function takeTold(
  database: TestDatabase,
  dialects: readonly System[] = [],
): Promise<OutgoingMessage[]> {
  const session = { query: database.query } as unknown as RelaySession;
  const say = sayer({ ...RENAMES, TOPIC_DIALECTS: dialects });
  const messages: OutgoingMessage[] = [];
  for (;;) {
    const rows = await readBatch(session, LANES, 500);
    if (rows.length === 0) return messages;
    messages.push(...rows.flatMap(say));
    await deleteRows(
      session,
      rows.map(({ id }) => id),
    );
  }
}

/** The events that a group reads messages as, in their order; those of topics that it does not read are left out. */
export function eventsFor(group: Group, messages: readonly (OutgoingMessage | IncomingMessage)[]): Event[] {
  const envelopes = new Envelopes(group.topics, RENAMES);
  return messages
    .filter(({ topic }) => envelopes.topics.includes(topic))
    .map((message) => {
      const opened = envelopes.open({ ...message, partition: 0, offset: '0', timestamp: 0 });
      if (opened.kind === 'misfit') throw new Error(`${message.topic}: ${opened.error}`);
      return opened.event;
    });
}

/** Hands a group what it reads of these, one by one, as the runner does. */
export async function hand(
  transactions: Transactions,
  group: Group,
  messages: readonly OutgoingMessage[],
  log?: Logger,
): Promise<void> {
  for (const event of eventsFor(group, messages)) await handTogether(transactions, group, [event], log);
}

/** Hands a group events in one transaction, with their inbox rows. */
export async function handTogether(
  transactions: Transactions,
  group: Group,
  events: readonly Event[],
  log?: Logger,
): Promise<void> {
  const result = await attempt(transactions, group.name, group, events, log);
  if (result.kind === 'committed') return;
  throw 'error' in result ? result.error : new Error(result.kind);
}
