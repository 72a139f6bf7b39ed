import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const SANE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const ids = new WeakMap<object, string>();

/** Takes the caller's `X-Request-Id` where it is sane, else makes one; every answer and log line carries it. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const sent = request.get('x-request-id');
  const id = sent !== undefined && SANE.test(sent) ? sent : randomUUID();
  ids.set(request, id);
  response.setHeader('X-Request-Id', id);
  next();
}

export function requestIdOf(request: object): string {
  return ids.get(request) ?? '';
}
