import type { JsonSchema } from '../../platform/messages/json-schema';

/** What says nothing of what a message may hold. */
const SAID_FOR_PEOPLE = ['description', 'examples', 'title'];
/** What is compared field by field. */
const SHAPE = ['properties', 'required', 'additionalProperties', 'items', 'anyOf'];

/**
 * What a schema says otherwise than an earlier one, so that a listener of then would trip over a message of now, or a
 * listener of now over one of then that is still on the topic. Only new fields that may be missing break nobody.
 *
 * @returns what is wrong with which field, in words; nothing: the change breaks nobody
 */
export function breakingChanges(then: JsonSchema, now: JsonSchema, path = 'the message'): string[] {
  if (then.anyOf || now.anyOf) return shapesOf(then, now, path);
  return [
    ...rulesOf(then, now, path),
    ...fieldsOf(then, now, path),
    ...inner(then.items, now.items, `${path}[]`),
    ...inner(asSchema(then.additionalProperties), asSchema(now.additionalProperties), `${path}.*`),
  ];
}

/** Of several shapes: each of now must suit who knows one of then, and each of then who knows one of now. */
function shapesOf(then: JsonSchema, now: JsonSchema, path: string): string[] {
  const thens = then.anyOf ?? [then];
  const nows = now.anyOf ?? [now];
  const suits = (one: JsonSchema, other: JsonSchema) => breakingChanges(one, other, path).length === 0;
  return [
    ...nows
      .filter((one) => !thens.some((known) => suits(known, one)))
      .map((one) => `${path}: has a shape that nobody knows: ${JSON.stringify(one)}`),
    ...thens
      .filter((one) => !nows.some((known) => suits(one, known)))
      .map((one) => `${path}: the shape is gone: ${JSON.stringify(one)}`),
  ];
}

/** Type, words, pattern, limits: whatever a field may hold stays as it is. */
function rulesOf(then: JsonSchema, now: JsonSchema, path: string): string[] {
  const keywords = new Set([...Object.keys(then), ...Object.keys(now)]);
  return [...keywords]
    .filter((keyword) => !SHAPE.includes(keyword) && !SAID_FOR_PEOPLE.includes(keyword))
    .filter((keyword) => spelt(then[keyword]) !== spelt(now[keyword]))
    .map((keyword) => `${path}: ${keyword} was ${spelt(then[keyword])} and is ${spelt(now[keyword])}`);
}

function fieldsOf(then: JsonSchema, now: JsonSchema, path: string): string[] {
  const before = then.properties ?? {};
  const after = now.properties ?? {};
  const must = (schema: JsonSchema, field: string) => schema.required?.includes(field) ?? false;
  const known = Object.entries(before).flatMap(([field, schema]) => {
    const at = `${path}.${field}`;
    const found = after[field];
    if (!found) return [`${at}: is gone`];
    if (must(then, field) && !must(now, field)) return [`${at}: was always there and may be missing now`];
    if (!must(then, field) && must(now, field)) return [`${at}: could be missing and must be there now`];
    return breakingChanges(schema, found, at);
  });
  const added = Object.keys(after)
    .filter((field) => !(field in before) && must(now, field))
    .map((field) => `${path}.${field}: is new and must be there, but older messages do not have it`);
  return [...known, ...added];
}

function inner(then: JsonSchema | undefined, now: JsonSchema | undefined, path: string): string[] {
  if (!then && !now) return [];
  return breakingChanges(then ?? {}, now ?? {}, path);
}

function asSchema(schema: JsonSchema | boolean | undefined): JsonSchema | undefined {
  return typeof schema === 'boolean' ? { not: schema ? undefined : {} } : schema;
}

/** Lists of words and of types are sets. */
function spelt(value: unknown): string {
  if (Array.isArray(value))
    return JSON.stringify(
      value
        .map((one) => JSON.stringify(one))
        .sort()
        .map((one) => JSON.parse(one)),
    );
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
