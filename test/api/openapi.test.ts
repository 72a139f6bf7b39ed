import { createServer } from 'node:http';
import express from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../../api/deps';
import { mount } from '../../api/http/mount';
import { publicRoute } from '../../api/http/route';
import { openApiDocument } from '../../api/openapi/document';
import { allRoutes } from '../../api/routes/all';
import { readConfig } from '../../platform/config';
import { listen } from './support/api-world';
import { Contract, type OpenApi } from './support/contract';

/** Routes only touch what they depend on when they are called. */
const nothing = { config: readConfig({}) } as unknown as ApiDeps;
const document = openApiDocument(allRoutes(nothing), 'session') as unknown as OpenApi & {
  paths: Record<string, Record<string, Described>>;
};

interface Described {
  operationId: string;
  security: object[];
  summary: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { required: boolean; content: Record<string, { schema: { $ref?: string } }> };
  responses: Record<
    string,
    { content?: Record<string, { example?: unknown; examples?: object; schema: object }> }
  >;
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Described })),
);

/** What can be booked is nobody's secret; a webhook proves itself by its signature. */
const PUBLIC = [
  ...['get /api/items', 'get /api/items/{id}', 'get /api/availability', 'get /api/rates/quote'],
  'post /api/webhooks/stripe',
];

describe('the OpenAPI document', () => {
  test('has the routes that old clients speak', () => {
    expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)).toEqual(
      expect.arrayContaining([
        'POST /api/bookings',
        'GET /api/bookings',
        'PUT /api/bookings/{id}/accept',
        'PUT /api/bookings/{id}/cancel',
        'PUT /api/bookings/{id}/payment',
        'POST /api/travelers/bookings',
        'GET /api/travelers/bookings',
        'PUT /api/travelers/bookings/{id}/cancel',
        'GET /api/owners/bookings',
        'PUT /api/owners/bookings/{id}/approve',
        'PUT /api/owners/bookings/{id}/reject',
        'PUT /api/owners/bookings/{id}/cancel',
        'POST /api/reservations',
        'GET /api/reservations/{confirmationNumber}',
        'PUT /api/reservations/{confirmationNumber}',
        'DELETE /api/reservations/{confirmationNumber}',
        'POST /api/reservations/{confirmationNumber}/checkin',
        'POST /api/reservations/{confirmationNumber}/checkout',
        'GET /api/availability',
        'POST /api/availability/block',
        'POST /api/availability/release',
      ]),
    );
  });

  test('tells operations apart', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(operations)(
    '$method $path says who may call it, what comes back and what can go wrong',
    (described) => {
      const { path, method, operation } = described;
      expect(operation.summary).not.toBe('');
      const isPublic = operation.security.length === 0;
      expect(isPublic).toBe(
        !path.startsWith('/api/') ||
          PUBLIC.includes(`${method} ${path}`) ||
          path.startsWith('/api/development/'),
      );
      if (!isPublic)
        expect(Object.keys(operation.responses)).toEqual(
          expect.arrayContaining(['401', '403', '429', '503']),
        );
      for (const name of path.matchAll(/\{(\w+)\}/g)) {
        expect(operation.parameters).toContainEqual(expect.objectContaining({ name: name[1], in: 'path' }));
      }
      if (method !== 'get') {
        expect(operation.parameters).toContainEqual(
          expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }),
        );
        expect(Object.keys(operation.responses)).toEqual(
          expect.arrayContaining(['400', '409', '413', '415', '422']),
        );
      }
    },
  );

  test('its own examples fit its schemas', () => {
    const contract = new Contract(document);
    for (const { path, method, operation } of operations) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        for (const [type, { example }] of Object.entries(content ?? {})) {
          if (example === undefined) continue;
          const address = path.replace(/\{\w+\}/g, 'x');
          const headers = new Headers({ 'content-type': type });
          contract.check(method, address, { status: Number(status), headers, text: '', json: example });
        }
      }
    }
  });

  test('bodies it documents as strict refuse what they do not know, the old clients’ ignore it', () => {
    const strict = operations
      .filter(({ operation }) => operation.requestBody)
      .filter(({ operation }) => {
        const schema = operation.requestBody?.content['application/json']?.schema as {
          additionalProperties?: boolean;
        };
        return schema.additionalProperties === false;
      })
      .map(({ path }) => path);
    expect(strict).toEqual([
      '/api/admin/bookings/{id}/undo/{step}/retry',
      '/api/admin/bookings/{id}/undo/{step}/skip',
      '/api/items',
      '/api/items/{id}',
      '/api/development/payments/{id}/disputes',
      '/api/development/disputes/{disputeId}/decide',
      '/api/development/payments/{id}/refunds',
    ]);
  });
});

test('one list of routes makes both the server and the document', async () => {
  const extra = publicRoute({
    method: 'get',
    path: '/extra/:id',
    tag: 'test',
    summary: 'Extra',
    params: z.object({ id: z.string() }),
    answers: { 200: { description: 'It', schema: z.object({ id: z.string() }) } },
    handle: async ({ params }) => ({ status: 200, body: { id: params.id } }),
  });
  const app = express();
  mount(app, [extra]);
  const server = createServer(app);
  const base = await listen(server);
  try {
    expect(await (await fetch(`${base}/extra/7`)).json()).toEqual({ id: '7' });
    expect(Object.keys(openApiDocument([extra], undefined).paths ?? {})).toEqual(['/extra/{id}']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
