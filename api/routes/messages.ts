import { z } from 'zod';
import { asyncApiDocument } from '../asyncapi/document';
import type { ApiDeps } from '../deps';
import { publicRoute, type Route } from '../http/route';

/** What is told on Kafka, for whoever wants to listen. */
export function messageRoutes({ config }: Pick<ApiDeps, 'config'>): Route[] {
  const document = asyncApiDocument(config);
  return [
    publicRoute({
      method: 'get',
      path: '/asyncapi.json',
      tag: 'operations',
      summary: 'The messages on Kafka: topics, keys, headers and the JSON Schema of each',
      answers: { 200: { description: 'AsyncAPI 3.0', schema: z.record(z.string(), z.unknown()) } },
      handle: async () => ({ status: 200, body: document }),
    }),
  ];
}
