/**
 * Every problem the API can answer with (RFC 9457): its stable `code`, HTTP status and title.
 * The `type` on the wire is `/problems/<code>`, a page that explains it; `detail` says what to do next.
 */
export const PROBLEMS = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request does not fit its schema' },
  'invalid-dates': { status: 400, title: 'These dates cannot be booked' },
  'bad-signature': { status: 400, title: 'The body is not signed by its sender' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  'payment-declined': { status: 402, title: 'The payment was declined' },
  forbidden: { status: 403, title: 'You may not do this' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'This address has no such method' },
  'price-changed': { status: 409, title: 'The price is another one' },
  'quote-not-valid': { status: 409, title: 'The quote does not hold' },
  'nights-unavailable': { status: 409, title: 'The nights are not free' },
  'nights-sold': { status: 409, title: 'Some of the nights are sold' },
  'too-many-changes': { status: 409, title: 'The booking was changed too often' },
  'changed-meanwhile': { status: 409, title: 'The booking was changed meanwhile' },
  'not-on-sale': { status: 409, title: 'The item is off sale' },
  'item-exists': { status: 409, title: 'There is such an item already' },
  'item-has-bookings': { status: 409, title: 'The item has bookings' },
  'version-conflict': { status: 409, title: 'Somebody changed it meanwhile' },
  'illegal-transition': { status: 409, title: 'The booking is in another state' },
  'amount-unavailable': { status: 409, title: 'There is not so much money to move' },
  'undo-not-waiting': { status: 409, title: 'No such undo waits for an operator' },
  'request-in-flight': { status: 409, title: 'The same request is still being worked on' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'wrong-owner': { status: 422, title: 'The item belongs to another owner' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key was used for another request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'A part we depend on is away' },
  'outcome-unknown': { status: 503, title: 'The outcome is not known yet' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Thrown anywhere behind the API; the one error handler turns it into `application/problem+json`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly code: ProblemCode,
    /** What happened and what to do next, for people. */
    detail: string,
    /** Further members of the problem document: `errors`, `quote`, `bookingId`, `nights`. */
    readonly members: Readonly<Record<string, unknown>> = {},
    /** Seconds for `Retry-After`. */
    readonly retryAfter?: number,
  ) {
    super(detail);
  }
}
