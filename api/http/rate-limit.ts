import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from '../../domain/problems';
import { knownCaller } from '../auth/authenticate';
import { WEBHOOKS } from './body';

/** Limits each caller, known by token or else by address. Counted in this process only. */
export function limitRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    // A provider tells of many payments from few addresses, and proves by its signature who it is.
    skip: (request) => request.originalUrl.startsWith(WEBHOOKS),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => {
      const caller = knownCaller(request);
      return caller ? `caller ${caller.id}` : `address ${ipKeyGenerator(request.ip ?? '')}`;
    },
    handler: (_request, response, next) => {
      const retryAfter = Number(response.getHeader('Retry-After') ?? 60);
      next(
        new Problem(
          'too-many-requests',
          `More than ${perMinute} requests in a minute. Try again in ${retryAfter} s.`,
          {},
          retryAfter,
        ),
      );
    },
  });
}
