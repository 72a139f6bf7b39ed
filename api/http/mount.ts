import type { Express, NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import { Problem } from '../../domain/problems';
import { callerOf } from '../auth/authenticate';
import { rawBodyOf } from './body';
import { type Answer, isWrite, type Route, type SignedBody } from './route';
import { validate } from './validate';

/** What an `Idempotency-Key` may look like. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters without spaces');

const NOTHING = z.object({});

/** Puts the routes into the app, and 405 where their addresses are called by another method. */
export function mount(app: Express, routes: readonly Route[]): void {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    app[route.method](route.path, (request, response, next) => run(route, request, response, next));
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, (request, response) => {
      const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', ');
      response.setHeader('Allow', allow);
      throw new Problem('method-not-allowed', `${request.method} is not possible here, only ${allow}.`);
    });
  }
}

function run(route: Route, request: Request, response: Response, next: NextFunction): void {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  handled(route, request, gone.signal)
    .then((answer) => send(response, answer))
    .catch(next);
}

async function handled(route: Route, request: Request, gone: AbortSignal): Promise<Answer> {
  const caller = route.roles && callerOf(request);
  if (caller && !route.roles?.includes(caller.role)) {
    throw new Problem(
      'forbidden',
      `This needs the role ${route.roles?.join(' or ')}; you are ${caller.role}.`,
    );
  }
  const key = isWrite(route.method) ? request.get('idempotency-key') : undefined;
  if (key !== undefined) validate(idempotencyKeySchema, key, 'Idempotency-Key');
  const lastEventId = route.resumes === undefined ? undefined : request.get('last-event-id');
  const sentBody: unknown = request.body ?? {};
  return route.handle({
    // An id that cannot be one names nothing.
    params: parsedParams(route, request),
    query: validate(route.query ?? NOTHING, request.query, 'query'),
    body: validate(route.body ?? NOTHING, sentBody, 'body'),
    sentBody,
    gone,
    prefers: (...types) => request.accepts([...types]) || undefined,
    ...(route.signatureHeader && { signed: signedBody(request, route.signatureHeader) }),
    ...(key !== undefined && { idempotencyKey: key }),
    // A browser that has got no id yet has none to send.
    ...(lastEventId && { lastEventId }),
    ...(caller && { caller }),
  });
}

function signedBody(request: Request, header: string): SignedBody {
  const signature = request.get(header);
  return { bytes: rawBodyOf(request), ...(signature !== undefined && { signature }) };
}

function parsedParams(route: Route, request: Request): unknown {
  const parsed = (route.params ?? NOTHING).safeParse(request.params);
  if (!parsed.success) throw new Problem('not-found', 'There is nothing at this address.');
  return parsed.data;
}

async function send(response: Response, answer: Answer): Promise<void> {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.type(answer.contentType ?? 'application/json');
  if (answer.stream) {
    response.flushHeaders();
    // Asked for the headers alone.
    if (response.req.method === 'HEAD') response.end();
    else await answer.stream(response);
    return;
  }
  response.send(answer.contentType === undefined ? JSON.stringify(answer.body) : answer.body);
}
