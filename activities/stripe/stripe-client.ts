import Stripe from 'stripe';

/** How Stripe is reached. */
export interface StripeSettings {
  readonly secretKey: string;
  /** Where its API is. */
  readonly apiBase: string;
}

/** How long one move of money may take in all, milliseconds: its activity is given ten seconds. */
export const MOVE_MS = 8_500;

/**
 * Stripe's own client. It repeats nothing by itself but a connection that was closed under it, and that under the
 * same key: what is to be tried again, how often and how long, is Temporal's affair.
 */
export function openStripe({ secretKey, apiBase }: StripeSettings): Stripe {
  const { protocol, hostname, port } = new URL(apiBase);
  return new Stripe(secretKey, {
    maxNetworkRetries: 0,
    timeout: MOVE_MS,
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    telemetry: false,
    appInfo: { name: 'booking-saga' },
  });
}

/** One move of money, which may take several requests. */
export interface Move {
  /** Options of its next request: what is left of its time, and the idempotency key where a new object is made. */
  options(key?: string): Stripe.RequestOptions;
}

export function beginMove(now: () => number = Date.now): Move {
  const deadline = now() + MOVE_MS;
  return {
    options: (idempotencyKey) => ({
      timeout: Math.max(1, deadline - now()),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    }),
  };
}
