import Ajv2020 from 'ajv/dist/2020';
import { Envelopes } from '../../consumers/runner/envelope';
import { TOPICS, type TopicWord } from '../../domain/topics';
import { type JsonSchema, messageSchema } from '../../platform/messages/json-schema';
import { MESSAGES } from '../../platform/messages/table';
import { breakingChanges } from '../../scripts/golden/breaking-changes';
import { fieldsOf, type Golden, type GoldenMessage, goldenMessages } from '../../scripts/golden/golden';
import { keptMessages } from '../../scripts/golden/keep';

const today = new Map(goldenMessages().map((golden) => [golden.topic, golden]));
const kept = keptMessages();
const all = kept.flatMap(({ release, golden }) =>
  golden.map((one) => ({ release, name: TOPICS[one.topic]?.name ?? one.topic, ...one })),
);

const paths = (messages: readonly GoldenMessage[]) =>
  new Set(messages.flatMap(({ value }) => fieldsOf(value).map(([path]) => path)));

/** The fields of a message that its key is. */
const keyedBy = ({ key, value }: GoldenMessage) =>
  Object.entries(value as object).flatMap(([field, held]) => (held === key ? [field] : []));

test('messages of every release are kept, and there are some; of every topic by now', () => {
  expect(kept.map(({ release }) => release)).toContain('0.1.0');
  expect(new Set(all.map(({ topic }) => topic))).toEqual(new Set(Object.keys(TOPICS)));
  for (const { messages } of all) expect(messages.length).toBeGreaterThan(0);
});

describe.each(all)('what $release told on $name', ({ topic, schema, messages }: Golden) => {
  const now = (today.get(topic)?.messages ?? []) as readonly GoldenMessage[];

  test('is still told there, and under the same key', () => {
    expect(now.length).toBeGreaterThan(0);
    expect(new Set(now.flatMap(keyedBy))).toEqual(new Set(messages.flatMap(keyedBy)));
  });

  test('can still be read: groups of today take it', () => {
    const envelopes = new Envelopes(
      { [topic]: MESSAGES[topic] },
      { KAFKA_REQUEST_TOPIC: 'booking-requests', KAFKA_RESPONSE_TOPIC: 'booking-updates' },
    );
    for (const { key, headers, value } of messages) {
      const incoming = {
        ...{ partition: 0, offset: '0', timestamp: 0 },
        key,
        headers,
        value: JSON.stringify(value),
      };
      expect(envelopes.open({ topic: TOPICS[topic].name, ...incoming })).toMatchObject({ kind: 'event' });
    }
  });

  test('is what its listeners still hear: messages of today fit the schema of then', () => {
    const fits = new Ajv2020({ strictTypes: false, formats: { 'date-time': true, date: true } }).compile(
      schema,
    );
    for (const { value } of now) {
      expect({ value, fits: fits(value), errors: fits.errors }).toEqual({ value, fits: true, errors: null });
    }
  });

  test('is still told whole: no field and no header has gone', () => {
    const found = paths(now);
    expect([...paths(messages)].filter((path) => !found.has(path))).toEqual([]);
    const headers = Object.keys(messages[0]?.headers ?? {});
    for (const message of now) expect(Object.keys(message.headers)).toEqual(expect.arrayContaining(headers));
  });

  test('has a schema that the one of today does not contradict', () => {
    expect(breakingChanges(schema, messageSchema(topic))).toEqual([]);
  });
});

test('what is told today is kept, for later changes to be held to; if not: npm run keep-release -- unreleased', () => {
  const known = new Map<TopicWord, Set<string>>();
  for (const { topic, messages } of all) {
    known.set(topic, new Set([...(known.get(topic) ?? []), ...paths(messages)]));
  }
  const unkept = [...today.values()].flatMap(({ topic, messages }) =>
    [...paths(messages)].filter((path) => !known.get(topic)?.has(path)).map((path) => `${topic}: ${path}`),
  );
  expect(unkept).toEqual([]);
});

describe('of a change to a message', () => {
  const message: JsonSchema = {
    type: 'object',
    properties: {
      status: { type: 'string', enum: ['PENDING', 'ACCEPTED'] },
      reason: { type: 'string', examples: ['no-show'], description: 'Why.' },
      guests: { type: 'integer', exclusiveMinimum: 0 },
      room: { type: 'object', properties: { type: { type: ['string', 'null'] } }, required: ['type'] },
    },
    required: ['status', 'guests', 'room'],
  };
  const having = (properties: Record<string, JsonSchema>, required = message.required): JsonSchema => ({
    ...message,
    properties: { ...message.properties, ...properties },
    ...(required && { required }),
  });
  const without = (field: string): JsonSchema => ({
    ...message,
    properties: Object.fromEntries(
      Object.entries(message.properties ?? {}).filter(([name]) => name !== field),
    ),
    required: message.required?.filter((name) => name !== field) ?? [],
  });

  test.each<[string, JsonSchema]>([
    ['nothing at all', message],
    ['a new field that may be missing', having({ currency: { type: 'string' } })],
    [
      'another description, one more word that is open',
      having({ reason: { type: 'string', examples: ['late'] } }),
    ],
    ['the order of words', having({ status: { type: 'string', enum: ['ACCEPTED', 'PENDING'] } })],
  ])('%s breaks nobody', (_what, now) => {
    expect(breakingChanges(message, now)).toEqual([]);
  });

  test.each<[string, JsonSchema, string]>([
    ['a field that goes', without('guests'), '.guests: is gone'],
    ['a field that goes and could be missing', without('reason'), '.reason: is gone'],
    ['another type', having({ guests: { type: 'string' } }), '.guests: type was "integer" and is "string"'],
    ['null where there was none', having({ reason: { type: ['string', 'null'] } }), '.reason: type was'],
    [
      'one more word',
      having({ status: { type: 'string', enum: ['PENDING', 'ACCEPTED', 'LOST'] } }),
      '.status: enum',
    ],
    ['one word less', having({ status: { type: 'string', enum: ['PENDING'] } }), '.status: enum'],
    [
      'a limit that moves',
      having({ guests: { type: 'integer', minimum: 0 } }),
      '.guests: exclusiveMinimum was 0',
    ],
    ['a field that may be missing now', having({}, ['status', 'room']), '.guests: was always there'],
    [
      'a field that must be there now',
      having({}, ['status', 'guests', 'room', 'reason']),
      '.reason: could be missing',
    ],
    [
      'a new field that must be there',
      having({ id: { type: 'string' } }, ['status', 'guests', 'room', 'id']),
      '.id: is new',
    ],
    [
      'a field within a field',
      having({ room: { type: 'object', properties: { type: { type: 'string' } }, required: ['type'] } }),
      '.room.type: type was',
    ],
    ['a shape that is new', { anyOf: [message, without('guests')] }, 'has a shape that nobody knows'],
  ])('%s is breaking', (_what, now, said) => {
    const found = breakingChanges(message, now).join('\n');
    expect(found).toContain(said);
  });

  test('a shape that is gone is breaking', () => {
    expect(breakingChanges({ anyOf: [message, without('guests')] }, { anyOf: [message] })).toEqual([
      expect.stringContaining('the shape is gone'),
    ]);
  });
});
