import { z } from 'zod';
import { metrics } from '../../platform/metrics';
import type { ApiDeps } from '../deps';
import { publicRoute, type Route } from '../http/route';
import { troubles } from '../readiness';

const TAG = 'operations';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** What machines ask about the process itself. */
export function operationsRoutes(deps: Pick<ApiDeps, 'database' | 'saga'>): Route[] {
  return [
    publicRoute({
      method: 'get',
      path: '/livez',
      tag: TAG,
      summary: 'Whether the process runs',
      answers: {
        200: {
          description: 'It does',
          schema: z.object({ status: z.literal('ok') }),
          example: { status: 'ok' },
        },
      },
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    publicRoute({
      method: 'get',
      path: '/readyz',
      tag: TAG,
      summary: 'Whether bookings can be read and changed just now',
      answers: {
        200: {
          description: 'They can',
          schema: z.object({ status: z.literal('ok') }),
          example: { status: 'ok' },
        },
        503: {
          description: 'Something is away',
          schema: z.object({ status: z.literal('not ready'), troubles: z.array(z.string()) }),
          example: { status: 'not ready', troubles: ['Temporal did not answer within 1500 ms'] },
        },
      },
      handle: async () => {
        const found = await troubles(deps);
        return found.length === 0
          ? { status: 200, body: { status: 'ok' } }
          : { status: 503, body: { status: 'not ready', troubles: found } };
      },
    }),
    publicRoute({
      method: 'get',
      path: '/metrics',
      tag: TAG,
      summary: 'Metrics for Prometheus',
      answers: { 200: { description: 'All metrics of this process', contentType: 'text/plain' } },
      handle: async () => ({ status: 200, body: await metrics.metrics(), contentType: PROMETHEUS }),
    }),
  ];
}
