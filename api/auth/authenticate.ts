import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { Problem } from '../../domain/problems';
import type { Config } from '../../platform/config';
import type { Caller } from './caller';
import { cookieNamed } from './cookie';
import { BadToken, type VerifyToken } from './verify-token';

/** What is known of who speaks: the caller, or why there is none. */
type Identity = { readonly caller: Caller } | { readonly problem: Problem };

const identities = new WeakMap<Request, Identity>();

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Reads the token of every request, and refuses nothing: public routes do without, the others ask
 * {@link callerOf}. The rate limit stands between the two.
 */
export function authenticate(
  verifyToken: VerifyToken,
  config: Pick<Config, 'AUTH_COOKIE' | 'ALLOWED_ORIGINS'>,
): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    identify(request, verifyToken, config).then((identity) => {
      identities.set(request, identity);
      next();
    }, next);
  };
}

/** The caller, where the request has proved to come from one. */
export function knownCaller(request: Request): Caller | undefined {
  const identity = identities.get(request);
  return identity && 'caller' in identity ? identity.caller : undefined;
}

/** @throws {Problem} `unauthenticated`, or `forbidden` for a cookie sent by a foreign page */
export function callerOf(request: Request): Caller {
  const identity = identities.get(request);
  if (identity && 'caller' in identity) return identity.caller;
  throw identity?.problem ?? unauthenticated();
}

async function identify(
  request: Request,
  verifyToken: VerifyToken,
  config: Pick<Config, 'AUTH_COOKIE' | 'ALLOWED_ORIGINS'>,
): Promise<Identity> {
  const header = request.get('authorization');
  const cookie = config.AUTH_COOKIE && cookieNamed(request.get('cookie'), config.AUTH_COOKIE);
  const token = header === undefined ? cookie : /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
  if (!token) {
    return {
      problem: unauthenticated(header === undefined ? undefined : 'the header holds no bearer token'),
    };
  }
  if (header === undefined && !SAFE_METHODS.has(request.method)) {
    // A browser adds cookies to any page's request; only the Origin tells whose page it is.
    if (!config.ALLOWED_ORIGINS.includes(request.get('origin') ?? '')) {
      return {
        problem: new Problem(
          'forbidden',
          'With a cookie, writes are taken only from pages of an allowed origin. Send the token as a bearer header instead.',
        ),
      };
    }
  }
  try {
    return { caller: await verifyToken(token) };
  } catch (error) {
    if (error instanceof BadToken) return { problem: unauthenticated(error.message) };
    if (error instanceof Problem) return { problem: error };
    throw error;
  }
}

function unauthenticated(why?: string): Problem {
  return new Problem(
    'unauthenticated',
    why === undefined
      ? 'Send a token: Authorization: Bearer …'
      : `Your token was not accepted: ${why}. Sign in again.`,
    why === undefined ? {} : { tokenError: why },
  );
}
