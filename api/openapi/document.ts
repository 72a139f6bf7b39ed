import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { PROBLEMS, type ProblemCode } from '../../domain/problems';
import { idempotencyKeySchema } from '../http/mount';
import { PROBLEM_TYPE, problemTypeOf } from '../http/problem-document';
import { type AnswerDoc, isWrite, type Route } from '../http/route';

const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().meta({ description: 'What happened and what to do next.' }),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });

/** The OpenAPI document of these routes, made of the schemas that validate their requests. */
export function openApiDocument(routes: readonly Route[], cookie: string | undefined) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route, cookie !== undefined) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Booking Saga',
      version: '1.0.0',
      description:
        'Amounts are decimal numbers in the named currency. Dates of a stay are calendar dates of the item, ' +
        'answered as `YYYY-MM-DD`. Errors are problem documents (RFC 9457).',
    },
    externalDocs: { url: '/asyncapi.json', description: 'The messages on Kafka (AsyncAPI 3.0)' },
    paths: paths as ZodOpenApiPathsObject,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        ...(cookie !== undefined && { cookie: { type: 'apiKey', in: 'cookie', name: cookie } }),
      },
    },
  });
}

function operation(route: Route, withCookie: boolean): ZodOpenApiOperationObject {
  const write = isWrite(route.method);
  const header = z.object({
    ...(write && {
      'Idempotency-Key': idempotencyKeySchema.optional().meta({
        description: 'Repeats under one key are done once and get the same answer, for 24 hours.',
      }),
    }),
    ...(route.resumes !== undefined && {
      'Last-Event-ID': z.string().optional().meta({ description: route.resumes }),
    }),
  });
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    security: route.roles ? [{ bearer: [] }, ...(withCookie ? [{ cookie: [] }] : [])] : [],
    requestParams: {
      ...(route.params && { path: route.params }),
      ...(route.query && { query: route.query }),
      ...(Object.keys(header.shape).length > 0 && { header }),
    },
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse({}).success,
        content: {
          'application/json': {
            schema: route.body,
            ...(route.bodyExample !== undefined && { example: route.bodyExample }),
          },
        },
      },
    }),
    responses: { ...answers(route), ...problems(route) },
  };
}

function operationId(route: Route): string {
  return `${route.method}${route.path.replace(/[/:-]+(\w?)/g, (_, next: string) => next.toUpperCase())}`;
}

function answers(route: Route): Record<string, ZodOpenApiResponseObject> {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, doc]: [string, AnswerDoc]) => [
      status,
      {
        description: doc.description,
        content: {
          [doc.contentType ?? 'application/json']: {
            schema: doc.schema ?? z.string(),
            ...(doc.example !== undefined && { example: doc.example }),
          },
          ...(doc.text !== undefined && { [doc.text]: { schema: z.string() } }),
        },
        headers: z.object(
          Object.fromEntries(
            Object.entries({ 'X-Request-Id': 'Names this request in the log.', ...doc.headers }).map(
              ([name, description]) => [name, z.string().meta({ description })],
            ),
          ),
        ),
      },
    ]),
  );
}

/** The problems a route can answer with: its own, and those that come with what it needs. */
export function problemCodesOf(route: Route): ProblemCode[] {
  const codes = new Set<ProblemCode>(route.problems ?? []);
  if (route.roles) for (const code of ['unauthenticated', 'forbidden'] as const) codes.add(code);
  if (route.path.startsWith('/api/')) {
    for (const code of ['too-many-requests', 'unavailable', 'internal-error'] as const) codes.add(code);
  }
  if (route.params) codes.add('not-found');
  if (isWrite(route.method)) {
    for (const code of [
      ...(['malformed-json', 'invalid-request', 'payload-too-large', 'unsupported-media-type'] as const),
      ...(['request-in-flight', 'idempotency-key-reused', 'unavailable'] as const),
    ]) {
      codes.add(code);
    }
  }
  return [...codes];
}

function problems(route: Route): Record<string, ZodOpenApiResponseObject> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodesOf(route)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => PROBLEMS[code].title).join('; '),
        content: {
          [PROBLEM_TYPE]: {
            schema: problemSchema,
            examples: Object.fromEntries(codes.map((code) => [code, { value: example(route, code) }])),
          },
        },
      },
    ]),
  );
}

function example(route: Route, code: ProblemCode): Record<string, unknown> {
  return {
    type: problemTypeOf(code),
    title: PROBLEMS[code].title,
    status: PROBLEMS[code].status,
    code,
    detail: PROBLEMS[code].title,
    instance: route.path,
    requestId: '6f1c0a52-2f5e-4d0b-9a53-0d7d3a0f7c11',
  };
}
