import cors from 'cors';
import type { RequestHandler } from 'express';

/** How long a browser need not ask again before it writes, seconds. */
const PREFLIGHT_KEPT_S = 600;

/**
 * Lets pages of these origins call and read the answers, with a cookie or a bearer token. Pages of any other origin get
 * no header, and their browser keeps the answer from them; nor does anybody where no origin is named.
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  if (origins.length === 0) return (_request, _response, next) => next();
  return cors({
    // False: no header at all.
    origin: (origin, callback) => callback(null, origin !== undefined && origins.includes(origin) && origin),
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'last-event-id'],
    exposedHeaders: ['Location', 'X-Request-Id', 'Retry-After', 'Idempotent-Replayed', 'Content-Disposition'],
    maxAge: PREFLIGHT_KEPT_S,
  });
}
