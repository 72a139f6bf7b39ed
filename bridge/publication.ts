import { eventIdOf } from '../domain/event-id';
import { TOPICS, type TopicRenames, type TopicSpec, type TopicWord, topicName } from '../domain/topics';
import type { OutgoingMessage } from '../platform/kafka/port';
import { MESSAGES } from '../platform/messages/table';
import { cloudEvent } from './envelope';
import type { PublicationRow } from './outbox-queries';
import { UntellableFact } from './told-fact';

/**
 * A group's message, ready for the wire as the group wrote it.
 * @throws {UntellableFact} where it is missing, does not fit its topic's schema, or is on a topic of somebody else's
 */
export function publishedMessage(row: PublicationRow, renames: TopicRenames): OutgoingMessage {
  const { published, fact_id: factId } = row;
  if (!published) throw new UntellableFact(`the publication ${factId} is missing`);
  const { publisher, key, message, at } = published;
  const word = topicWord(published.topic);
  const spec: TopicSpec = TOPICS[word];
  if (spec.publishedBy !== publisher) {
    throw new UntellableFact(`${publisher} may not publish on ${spec.name}: one topic has one publisher`);
  }
  const value: unknown = JSON.parse(message);
  const checked = MESSAGES[word].safeParse(value);
  if (!checked.success) {
    const faults = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new UntellableFact(`the publication ${factId} does not fit ${spec.name}: ${faults.join('; ')}`);
  }
  const topic = topicName(word, renames);
  const headers = cloudEvent({ id: eventIdOf(factId, topic), type: spec.name, time: at, factId });
  return { topic, key, value: message, headers };
}

function topicWord(text: string): TopicWord {
  if (text in TOPICS) return text as TopicWord;
  throw new UntellableFact(`topic is "${text}"`);
}
