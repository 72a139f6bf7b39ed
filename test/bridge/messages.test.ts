import Ajv2020 from 'ajv/dist/2020';
import { TOPICS, type TopicWord } from '../../domain/topics';
import { type JsonSchema, messageSchema } from '../../platform/messages/json-schema';
import { MESSAGES } from '../../platform/messages/table';
import { everythingTold } from '../../scripts/golden/everything-told';

const WORDS = Object.keys(TOPICS) as TopicWord[];
const told = everythingTold();

/** The schema without room for fields that it does not describe, unless it describes none. */
function closed(schema: JsonSchema): JsonSchema {
  const { properties = {}, anyOf, items } = schema;
  const described = Object.entries(properties);
  return {
    ...schema,
    ...(described.length > 0 && {
      properties: Object.fromEntries(described.map(([field, one]) => [field, closed(one)])),
      additionalProperties: false,
    }),
    ...(anyOf && { anyOf: anyOf.map(closed) }),
    ...(items && { items: closed(items) }),
  };
}

test('all topics are spoken on', () => {
  const spoken = new Set(told.map(({ topic }) => topic));
  expect(Object.values(TOPICS).filter(({ name }) => !spoken.has(name))).toEqual([]);
});

test.each(WORDS)('whatever is said on %s fits its schema, and every field of it is described', (word) => {
  const ajv = new Ajv2020({
    strictTypes: false,
    allErrors: true,
    formats: { 'date-time': true, date: true },
  });
  const fits = ajv.compile(closed(messageSchema(word)));
  for (const { value } of told.filter(({ topic }) => topic === TOPICS[word].name)) {
    const said = JSON.parse(value) as unknown;
    const { error } = MESSAGES[word].safeParse(said);
    const misfits = fits(said) ? [] : fits.errors;
    expect({ said, issues: error?.issues, misfits }).toEqual({ said, issues: undefined, misfits: [] });
  }
});

test('an example has the fields that a message has', () => {
  const fieldsOf = (value: object) => Object.keys(value).sort().join();
  for (const word of WORDS) {
    const shapes = new Set(
      told
        .filter(({ topic }) => topic === TOPICS[word].name)
        .map(({ value }) => fieldsOf(JSON.parse(value) as object)),
    );
    for (const example of messageSchema(word).examples as object[])
      expect([...shapes]).toContain(fieldsOf(example));
  }
});
