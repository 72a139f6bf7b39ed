import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import { asyncApiDocument } from '../../api/asyncapi/document';
import { TOPICS, type TopicWord } from '../../domain/topics';
import { readConfig } from '../../platform/config';
import type { JsonSchema } from '../../platform/messages/json-schema';
import { RELEASE } from '../../platform/release';

const document = asyncApiDocument(
  readConfig({ KAFKA_REQUEST_TOPIC: 'requests-here', KAFKA_PARTITIONS: '12', KAFKA_REPLICATION: '3' }),
);
const schemas: Readonly<Record<string, JsonSchema>> = document.components.schemas;
const WORDS = Object.keys(TOPICS) as TopicWord[];

test('it fits the schema of AsyncAPI 3.0, and every reference leads somewhere', () => {
  const specification = require('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
  const fits = new Ajv({ strict: false, validateFormats: false }).compile(specification);
  const served = JSON.parse(JSON.stringify(document)) as object;
  expect({ fits: fits(served), errors: fits.errors }).toEqual({ fits: true, errors: null });
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(WORDS.length);
  const dead = references.filter(([, path = '']) => {
    const target = path
      .split('/')
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], served);
    return target === undefined;
  });
  expect(dead).toEqual([]);
});

test('every topic is a channel, as this environment calls it, and has one for its dead letters', () => {
  expect(Object.keys(document.channels)).toHaveLength(2 * WORDS.length);
  expect(document.channels.bookingRequests).toMatchObject({
    address: 'requests-here',
    bindings: { kafka: { partitions: 12, replicas: 3, topicConfiguration: { 'retention.ms': 604_800_000 } } },
  });
  expect(document.channels.bookingRequestsDeadLetters).toMatchObject({ address: 'requests-here.dlq' });
  expect(document.channels.paymentRefunded).toMatchObject({ address: 'payment.refunded' });
  expect(Object.keys(document.operations)).toContain('sendPaymentRefunded');
});

test('it is public, so it names no host', () => {
  const secretive = asyncApiDocument(readConfig({ KAFKA_BROKERS: 'kafka.inside.example:9092' }));
  expect(JSON.stringify(secretive)).not.toContain('inside.example');
});

describe.each(Object.keys(schemas))('the schema %s', (name) => {
  const schema = schemas[name] as JsonSchema;

  test('says what it is for, and has examples that fit it, in draft 7 and in 2020-12', () => {
    expect(schema.description).toMatch(/\.$/);
    for (const ajv of [new Ajv({ strictTypes: false }), new Ajv2020({ strictTypes: false })]) {
      const fits = ajv.addFormat('date-time', true).addFormat('date', true).compile(schema);
      expect(schema.examples?.length).toBeGreaterThan(0);
      for (const example of schema.examples ?? []) {
        expect({ fits: fits(example), errors: fits.errors }).toEqual({ fits: true, errors: null });
      }
    }
  });

  test('leaves room for fields to come', () => {
    const shapes = schema.anyOf ?? [schema];
    expect(shapes.map(({ additionalProperties }) => additionalProperties)).toEqual(shapes.map(() => ({})));
  });
});

test('its version is the release', () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(document.info.version).toBe(version);
  expect(RELEASE).toBe(version);
});
