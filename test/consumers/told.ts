import { readBatch } from '../../bridge/outbox-queries';
import type { RelaySession } from '../../bridge/relay-session';
import { sayer } from '../../bridge/say';
import { attempt } from '../../consumers/runner/attempt';
import { Envelopes } from '../../consumers/runner/envelope';
import type { Event, Group } from '../../consumers/runner/group';
import type { Transactions } from '../../platform/database/transactions';
import type { OutgoingMessage } from '../../platform/kafka/port';
import type { Logger } from '../../platform/logger';
import type { TestDatabase } from '../support/database';

const RENAMES = { KAFKA_REQUEST_TOPIC: 'booking-requests', KAFKA_RESPONSE_TOPIC: 'booking-updates' };
const LANES = Array.from({ length: 16 }, (_, lane) => lane);

/** Takes what stands in the outbox out of it, as the bridge would tell it, oldest first. */
export async function takeTold(database: TestDatabase): Promise<OutgoingMessage[]> {
  const session = { query: database.query } as unknown as RelaySession;
  const rows = await readBatch(session, LANES, 10_000);
  await database.query('DELETE FROM booking.outbox');
  return rows.flatMap(sayer({ ...RENAMES, TOPIC_DIALECTS: [] }));
}

/** The event that a group reads a message as; undefined where it does not read its topic. */
export function heard(group: Group, message: OutgoingMessage): Event | undefined {
  const envelopes = new Envelopes(group.topics, RENAMES);
  if (!envelopes.topics.includes(message.topic)) return undefined;
  const opened = envelopes.open({ ...message, partition: 0, offset: '0', timestamp: 0 });
  if (opened.kind === 'misfit') throw new Error(`${message.topic}: ${opened.error}`);
  return opened.event;
}

/** Hands a group what it reads of these, one by one, as the runner does. */
export async function hand(
  transactions: Transactions,
  group: Group,
  messages: readonly OutgoingMessage[],
  log?: Logger,
): Promise<void> {
  for (const message of messages) {
    const event = heard(group, message);
    if (event) await handTogether(transactions, group, [event], log);
  }
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
