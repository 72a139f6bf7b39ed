import { TOPICS, type TopicSpec, type TopicWord } from '../../domain/topics';
import type { OutgoingMessage } from '../../platform/kafka/port';
import { type JsonSchema, messageSchema } from '../../platform/messages/json-schema';
import { everythingTold } from './everything-told';

/** What a release told on a topic, kept for the releases after it to be held to. */
export interface Golden {
  readonly topic: TopicWord;
  /** What was published of its messages, without the words for people. */
  readonly schema: JsonSchema;
  readonly messages: readonly GoldenMessage[];
}

export interface GoldenMessage {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
}

/** What this code tells, by topic: of all its messages those that show something the ones before them did not. */
export function goldenMessages(): Golden[] {
  const told = everythingTold();
  return (Object.entries(TOPICS) as [TopicWord, TopicSpec][]).map(([topic, { name }]) => {
    const messages = telling(told.filter((message) => message.topic === name));
    return { topic, schema: rulesOnly(messageSchema(topic)), messages };
  });
}

/** For a file: a message is a line, so that a comparison shows which one is new. */
export function asText({ topic, schema, messages }: Golden): string {
  const lines = messages.map((message) => `    ${JSON.stringify(message)}`);
  return `{
  "topic": ${JSON.stringify(topic)},
  "schema": ${JSON.stringify(schema)},
  "messages": [
${lines.join(',\n')}
  ]
}
`;
}

/** Without what is said for people, which may change as it likes. */
function rulesOnly({ description: _, examples: __, ...schema }: JsonSchema): JsonSchema {
  const { properties, anyOf, items } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([field, one]) => [field, rulesOnly(one)]),
      ),
    }),
    ...(anyOf && { anyOf: anyOf.map(rulesOnly) }),
    ...(items && { items: rulesOnly(items) }),
  };
}

function telling(messages: readonly OutgoingMessage[]): GoldenMessage[] {
  const shown = new Set<string>();
  return messages.flatMap(({ key, headers, value }) => {
    const said: unknown = JSON.parse(value);
    const news = [...fieldsOf(said)].map((field) => field.join('=')).filter((one) => !shown.has(one));
    for (const one of news) shown.add(one);
    return news.length === 0 ? [] : [{ key, headers, value: said }];
  });
}

/** Every field of a message by its path, with what it holds; the places of a list are one path. */
export function fieldsOf(value: unknown, path = ''): [path: string, held: string][] {
  if (typeof value !== 'object' || value === null) return [[path, JSON.stringify(value)]];
  const inside = Array.isArray(value)
    ? value.flatMap((one) => fieldsOf(one, `${path}[]`))
    : Object.entries(value).flatMap(([name, one]) => fieldsOf(one, path === '' ? name : `${path}.${name}`));
  return [[path, ''], ...inside];
}
