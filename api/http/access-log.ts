import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../../platform/logger';
import { requestIdOf } from './request-id';

const QUIET = new Set(['/livez', '/readyz', '/metrics']);

const pathOf = (request: IncomingMessage & { originalUrl?: string }) =>
  (request.originalUrl ?? request.url ?? '').split('?', 1)[0] ?? '';

/** One line for each request: no headers, no query, no bodies, so no tokens and no personal data. */
export function accessLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (request) => requestIdOf(request),
    quietReqLogger: true,
    quietResLogger: true,
    autoLogging: { ignore: (request) => QUIET.has(pathOf(request)) },
    customAttributeKeys: { reqId: 'requestId', responseTime: 'ms' },
    customLogLevel: (_request, response, error) =>
      error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'warn' : 'info',
    customSuccessMessage: line,
    customErrorMessage: line,
    // The error handler has logged the error itself, with its stack.
    customErrorObject: (_request, _response, _error, object: Record<string, unknown>) => {
      const { err: _, ...rest } = object;
      return rest;
    },
  });
}

function line(request: IncomingMessage, response: ServerResponse): string {
  return `${request.method} ${pathOf(request)} ${response.statusCode}`;
}
