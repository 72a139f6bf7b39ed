import { z } from 'zod';
import type { TopicWord } from '../../domain/topics';
import { MESSAGES } from './table';

/** A JSON Schema, of those keywords that `z.toJSONSchema` makes of a message. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

/** Zod's own spell out leap years, which is the formats' business. */
const PATTERNS: Readonly<Record<string, string>> = {
  date: '^\\d{4}-\\d\\d-\\d\\d$',
  'date-time': '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$',
};

/**
 * What is published of a schema. Only keywords that mean the same in JSON Schema 2020-12 and in draft 7, which AsyncAPI
 * builds on. Fields that it does not know are allowed.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      const pattern = PATTERNS[jsonSchema.format ?? ''];
      if (pattern !== undefined) jsonSchema.pattern = pattern;
      // What a double holds exactly says nothing of a booking.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return made as JsonSchema;
}

/** The JSON Schema of a topic's messages. */
export function messageSchema(topic: TopicWord): JsonSchema {
  return jsonSchemaOf(MESSAGES[topic]);
}
