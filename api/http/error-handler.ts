import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';
import { PROBLEMS, Problem } from '../../domain/problems';
import type { Logger } from '../../platform/logger';
import { isDatabaseAway } from '../database-away';
import { bodyProblem } from './body';
import { PROBLEM_TYPE, problemDocument } from './problem-document';
import { requestIdOf } from './request-id';

/** The one place where anything thrown becomes an answer. Text of unexpected errors goes to the log only. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const problem = asProblem(error);
    const { status } = PROBLEMS[problem.code];
    const requestId = requestIdOf(request);
    if (!(error instanceof Problem) && status >= 500) {
      logger.error({ err: error, requestId }, `${request.method} ${request.path} failed: ${problem.code}`);
    }
    if (problem.retryAfter !== undefined) response.setHeader('Retry-After', String(problem.retryAfter));
    if (problem.code === 'unauthenticated') {
      response.setHeader('WWW-Authenticate', challenge(problem.members.tokenError));
    }
    const instance = request.originalUrl.split('?', 1)[0] ?? '/';
    response
      .status(status)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problemDocument(problem, { instance, requestId })));
  };
}

/** What an error means to whoever called; the error itself where it is a Problem already. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const body = bodyProblem(error);
  if (body) return body;
  // Express's router could not decode the address.
  if (error instanceof URIError) return new Problem('invalid-request', 'The address is not well encoded.');
  if (isDatabaseAway(error)) return databaseAway();
  return new Problem(
    'internal-error',
    'This is our fault and has been logged. Report it with the requestId if it stays.',
  );
}

export function databaseAway(): Problem {
  return new Problem(
    'unavailable',
    'The database cannot be reached. Nothing was changed; try again shortly.',
    {},
    5,
  );
}

/** RFC 6750, section 3. */
function challenge(tokenError: unknown): string {
  const scheme = 'Bearer realm="booking-saga"';
  if (typeof tokenError !== 'string') return scheme;
  return `${scheme}, error="invalid_token", error_description="${tokenError.replace(/[^\x20-\x7e]|["\\]/g, '')}"`;
}
