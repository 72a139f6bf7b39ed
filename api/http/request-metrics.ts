import type { NextFunction, Request, Response } from 'express';
import { Histogram } from 'prom-client';
import { metrics } from '../../platform/metrics';

const seconds = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'How long requests took, by route',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers: [metrics],
});

/** Measures every request under its route's pattern, never its address: ids would make endless series. */
export function measure(request: Request, response: Response, next: NextFunction): void {
  const stop = seconds.startTimer();
  response.once('close', () => {
    // A stream lasts as long as somebody listens; it has metrics of its own.
    if (String(response.getHeader('Content-Type')).startsWith('text/event-stream')) return;
    const path: unknown = request.route?.path;
    stop({
      method: request.method,
      route: typeof path === 'string' ? path : 'unmatched',
      status: String(response.statusCode),
    });
  });
  next();
}
