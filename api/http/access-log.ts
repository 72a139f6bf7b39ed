import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../../platform/logger';
import { requestIdOf } from './request-id';

type Incoming = IncomingMessage & { readonly originalUrl?: string };

const QUIET = new Set(['/livez', '/readyz', '/metrics']);

const pathOf = (request: Incoming) => (request.originalUrl ?? request.url ?? '').split('?', 1)[0] ?? '';

const messageOf = (request: Incoming, response: ServerResponse) =>
  `${request.method} ${pathOf(request)} ${response.statusCode}`;

/** One line for each request: no headers, no query, no bodies, so no tokens and no personal data. */
export function accessLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: requestIdOf,
    autoLogging: { ignore: (request) => QUIET.has(pathOf(request)) },
    customAttributeKeys: { responseTime: 'ms' },
    customProps: (request) => ({ requestId: requestIdOf(request) }),
    // What pino-http logs of its own accord has every header in it.
    wrapSerializers: false,
    serializers: {
      req: (request: Incoming) => ({ method: request.method, path: pathOf(request) }),
      res: (response: ServerResponse) => ({ status: response.statusCode }),
      // The error handler has logged the error itself.
      err: () => undefined,
    },
    customLogLevel: (_request, response, error) =>
      error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'warn' : 'info',
    customSuccessMessage: messageOf,
    customErrorMessage: messageOf,
  });
}
