import {
  DEAD_LETTER_SUFFIX,
  TOPIC_RETENTION_MS,
  TOPICS,
  type TopicSpec,
  type TopicWord,
  topicName,
} from '../../domain/topics';
import type { Config } from '../../platform/config';
import { deadLetterHeaders, eventHeaders } from '../../platform/messages/headers';
import { type JsonSchema, jsonSchemaOf, messageSchema } from '../../platform/messages/json-schema';
import { RELEASE } from '../../platform/release';

type Settings = Pick<
  Config,
  'KAFKA_REQUEST_TOPIC' | 'KAFKA_RESPONSE_TOPIC' | 'KAFKA_PARTITIONS' | 'KAFKA_REPLICATION'
>;
type Part = Readonly<Record<string, unknown>>;

const BINDING = { bindingVersion: '0.5.0' };
const WORDS = Object.keys(TOPICS) as TopicWord[];

const KEYS = {
  booking: "The booking's id: its messages are in order.",
  item: 'The propertyId: the messages of a property are in order.',
  subject: "The propertyId, or the subject where there is none: an alert's end comes after its beginning.",
} as const satisfies Record<TopicSpec['key'], string>;

const DESCRIPTION = `What the product tells of each booking on Kafka, in the words of the systems it stands in for.

Delivery is at least once: \`ce_id\` is the same on every redelivery. Order holds within one topic and key; \`sequence\`
orders the messages of a booking across topics. Fields that are not described here may be there, and others come with
later versions: ignore what you do not know.`;

/**
 * The AsyncAPI 3.0 document: every topic as this environment calls it, made of the schemas that the consumer groups check
 * messages with. It is public, so it names no host: a server is described by the setting that names it.
 */
export function asyncApiDocument(settings: Settings) {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Booking Saga', version: RELEASE, description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: '{KAFKA_BROKERS}',
        protocol: 'kafka',
        description: 'The brokers that the product was started with.',
        variables: {
          KAFKA_BROKERS: { description: 'The setting of this name: host:port, comma separated.' },
        },
      },
    },
    channels: Object.fromEntries(
      WORDS.flatMap((word) => [
        [word, channel(word, settings)],
        [deadLettersOf(word), deadLetterChannel(word, settings)],
      ]),
    ),
    operations: Object.fromEntries(WORDS.map((word) => [`send${capitalised(word)}`, operation(word)])),
    components: {
      messages: { ...Object.fromEntries(WORDS.map((word) => [word, message(word)])), deadLetter },
      schemas: {
        ...Object.fromEntries(WORDS.map((word) => [word, messageSchema(word)])),
        eventHeaders: jsonSchemaOf(eventHeaders),
        deadLetterHeaders: jsonSchemaOf(deadLetterHeaders),
      },
    },
  };
}

function channel(word: TopicWord, settings: Settings): Part {
  const { dialect, key, renamedBy }: TopicSpec = TOPICS[word];
  const renaming = renamedBy === undefined ? '' : ` Named by the setting ${renamedBy}.`;
  return {
    address: topicName(word, settings),
    description: `${messageSchema(word).description ?? ''} ${KEYS[key]}${renaming}`.trim(),
    tags: [{ name: dialect }],
    messages: { [word]: reference('messages', word) },
    bindings: topicBinding(settings),
  };
}

function deadLetterChannel(word: TopicWord, settings: Settings): Part {
  const name = topicName(word, settings);
  return {
    address: name + DEAD_LETTER_SUFFIX,
    description: `What a consumer group of the product could not handle of ${name}. There once such a group reads it.`,
    tags: [{ name: 'dead letters' }],
    messages: { deadLetter: reference('messages', 'deadLetter') },
    bindings: topicBinding(settings),
  };
}

function topicBinding({ KAFKA_PARTITIONS, KAFKA_REPLICATION }: Settings): Part {
  return {
    kafka: {
      partitions: KAFKA_PARTITIONS,
      replicas: KAFKA_REPLICATION,
      topicConfiguration: { 'retention.ms': TOPIC_RETENTION_MS },
      ...BINDING,
    },
  };
}

function operation(word: TopicWord): Part {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${word}` },
    summary: messageSchema(word).description,
    messages: [{ $ref: `#/channels/${word}/messages/${word}` }],
  };
}

function message(word: TopicWord): Part {
  const { key }: TopicSpec = TOPICS[word];
  const { description, examples = [] } = messageSchema(word);
  return {
    name: word,
    summary: description,
    contentType: 'application/json',
    headers: reference('schemas', 'eventHeaders'),
    payload: reference('schemas', word),
    bindings: { kafka: { key: { type: 'string', description: KEYS[key] }, ...BINDING } },
    examples: examples.map((payload) => ({ payload })),
  };
}

/** Its key and value are those of what was parked. */
const deadLetter: Part = {
  name: 'deadLetter',
  summary: 'A message that was parked: key, value and headers as they came, and besides why it was parked.',
  headers: reference('schemas', 'deadLetterHeaders'),
  payload: { description: 'As it came. Not even JSON is certain.' } satisfies JsonSchema,
  bindings: { kafka: { key: { type: 'string' }, ...BINDING } },
};

const deadLettersOf = (word: TopicWord) => `${word}DeadLetters`;
const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function reference(kind: 'messages' | 'schemas', name: string) {
  return { $ref: `#/components/${kind}/${name}` };
}
