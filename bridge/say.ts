import type { TopicRenames } from '../domain/topics';
import type { OutgoingMessage } from '../platform/kafka/port';
import { sayOfItem } from './dialects/item-facts';
import { allDialects, parseDialects, sayAll } from './dialects/table';
import { envelope } from './envelope';
import type { OutboxRow } from './outbox-queries';
import { publishedMessage } from './publication';
import { toldFact, toldItemFact } from './told-fact';

export interface SayerSettings extends TopicRenames {
  readonly TOPIC_DIALECTS: readonly string[];
}

/**
 * Makes what turns a row into its messages, ready for the wire: the same ones, under the same ids, whenever and by
 * whomever the row is told. None where nobody is told.
 * @throws {UnknownDialect} on a bad TOPIC_DIALECTS
 * @returns a function that throws {@link UntellableFact} on a row that cannot be told
 */
export function sayer(settings: SayerSettings): (row: OutboxRow) => OutgoingMessage[] {
  const dialects = allDialects(settings);
  const further = parseDialects(settings.TOPIC_DIALECTS);
  const sayOn = (row: OutboxRow) => {
    if (row.booking_id !== null) {
      const told = toldFact(row);
      return envelope(told.fact, sayAll(dialects, further, told));
    }
    if (row.item_id !== null) {
      const told = toldItemFact(row);
      return envelope(told.fact, sayOfItem(told));
    }
    return [publishedMessage(row, settings)];
  };
  return (row) => {
    const messages = sayOn(row);
    return row.only_topic ? messages.filter(({ topic }) => topic === row.only_topic) : messages;
  };
}
