import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { Problem } from '../../domain/problems';

/** The largest body taken, bytes. */
export const BODY_LIMIT = 64 * 1024;

const JSON_TYPES = ['application/json', 'application/*+json'];

/** Where senders sign their bodies byte by byte. */
export const WEBHOOKS = '/api/webhooks/';

const rawBodies = new WeakMap<object, Buffer>();

/** Reads JSON bodies; what is sent as anything else is refused rather than ignored. */
export function jsonBody(): RequestHandler[] {
  return [refuseOtherTypes, express.json({ limit: BODY_LIMIT, type: JSON_TYPES, verify: keepWebhookBytes })];
}

function keepWebhookBytes(request: IncomingMessage, _response: ServerResponse, bytes: Buffer): void {
  if (request.url?.startsWith(WEBHOOKS)) rawBodies.set(request, bytes);
}

/** The body of a webhook as it came; empty for any other request. */
export function rawBodyOf(request: Request): Buffer {
  return rawBodies.get(request) ?? Buffer.alloc(0);
}

function refuseOtherTypes(request: Request, _response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !request.is(JSON_TYPES)) {
    throw new Problem('unsupported-media-type', 'Send the body with Content-Type: application/json.');
  }
  next();
}

/** What Express's body reader throws, by its `type`. Source: body-parser's list of errors. */
export function bodyProblem(error: unknown): Problem | undefined {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.parse.failed':
      return new Problem('malformed-json', 'The body could not be read as a JSON object. Check its syntax.');
    case 'entity.too.large':
      return new Problem('payload-too-large', `A body may have ${BODY_LIMIT / 1024} kB.`);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Problem(
        'unsupported-media-type',
        'Send the body as UTF-8, compressed with gzip or not at all.',
      );
    case 'request.aborted':
    case 'request.size.invalid':
      return new Problem('malformed-json', 'The body ended before its announced length.');
    default:
      return undefined;
  }
}
