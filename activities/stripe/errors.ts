import Stripe from 'stripe';
import type { DeclineCode } from '../../domain/payment';
import { GatewayUnreachable } from '../payment-gateway';
import { declineOf } from './declines';

/** What a failed call to Stripe means for the move of money it was part of. */
export type Verdict =
  /** The card was declined: final. */
  | { readonly kind: 'declined'; readonly code: DeclineCode }
  /** The request was refused as it stands: final. */
  | { readonly kind: 'refused'; readonly code: string }
  /** It may have happened. */
  | { readonly kind: 'unknown'; readonly detail: string }
  /** It certainly has not: try again. */
  | { readonly kind: 'nothing-done'; readonly detail: string };

interface Rule {
  readonly verdict: Verdict['kind'];
  readonly why: string;
}

/**
 * Stripe's kinds of error and what each means. docs/payments.md lists them from here.
 * Source: docs.stripe.com/error-low-level and docs.stripe.com/api/errors, read November 2026.
 */
export const STRIPE_ERRORS = {
  card: { verdict: 'declined', why: '402: the card cannot be charged' },
  invalid: { verdict: 'refused', why: '400, 404: the request is wrong, or the object is in another state' },
  'key-reused': { verdict: 'refused', why: '400: the key was used for another request, which is a defect' },
  authentication: { verdict: 'nothing-done', why: '401: `STRIPE_SECRET_KEY` is not accepted' },
  permission: { verdict: 'nothing-done', why: '403: `STRIPE_SECRET_KEY` may not do this' },
  conflict: { verdict: 'nothing-done', why: '409: the same request is still being worked on' },
  'rate-limit': {
    verdict: 'nothing-done',
    why: '429: refused before it was looked at, or the object is busy',
  },
  funds: { verdict: 'nothing-done', why: '400 `balance_insufficient`: the money is not available yet' },
  'never-sent': { verdict: 'nothing-done', why: 'no connection was made' },
  connection: { verdict: 'unknown', why: 'the connection broke, or no answer came in time' },
  server: { verdict: 'unknown', why: '5xx: Stripe cannot tell either; it keeps the answer under the key' },
} as const satisfies Record<string, Rule>;

type ErrorKind = keyof typeof STRIPE_ERRORS;

/** How Node names a connection that never came about. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const { errors } = Stripe;

/** @throws {unknown} the error itself where it does not come from Stripe's client */
export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof errors.StripeError)) throw error;
  const kind = kindOf(error);
  const { verdict, why } = STRIPE_ERRORS[kind];
  switch (verdict) {
    case 'declined':
      return { kind: verdict, code: declineOf(error) };
    case 'refused':
      return { kind: verdict, code: error.code ?? kind };
    case 'unknown':
    case 'nothing-done':
      return { kind: verdict, detail: inWords(why, error) };
  }
}

function kindOf(error: Stripe.errors.StripeError): ErrorKind {
  if (error instanceof errors.StripeCardError) return 'card';
  if (error instanceof errors.StripeRateLimitError) return 'rate-limit';
  if (error instanceof errors.StripeAuthenticationError) return 'authentication';
  if (error instanceof errors.StripePermissionError) return 'permission';
  if (error instanceof errors.StripeIdempotencyError) return 'key-reused';
  if (error instanceof errors.StripeInvalidRequestError) {
    return error.code === 'balance_insufficient' ? 'funds' : 'invalid';
  }
  if (error instanceof errors.StripeConnectionError) return wasNeverSent(error) ? 'never-sent' : 'connection';
  return error.statusCode === 409 ? 'conflict' : 'server';
}

function wasNeverSent({ detail }: Stripe.errors.StripeError): boolean {
  const cause: unknown = detail;
  return (
    typeof cause === 'object' && cause !== null && 'code' in cause && NEVER_CONNECTED.has(String(cause.code))
  );
}

/** Without Stripe's own text, which may quote what was sent. */
function inWords(why: string, { requestId, param }: Stripe.errors.StripeError): string {
  return [why, param && `about ${param}`, requestId && `Stripe's request ${requestId}`]
    .filter(Boolean)
    .join('; ');
}

/** What a move of money has to deal with; of the rest, the next attempt makes something else. */
export type Settled = Exclude<Verdict, { kind: 'nothing-done' }>;

/** @throws {GatewayUnreachable} where nothing was done */
export function settledVerdict(error: unknown): Settled {
  const verdict = verdictOf(error);
  if (verdict.kind === 'nothing-done') throw new GatewayUnreachable(`Stripe: ${verdict.detail}`);
  return verdict;
}
