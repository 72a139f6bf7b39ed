import { z } from 'zod';
import { PROBLEMS, Problem, type ProblemCode } from '../../domain/problems';
import { problemTypeOf } from '../http/problem-document';
import { publicRoute, type Route } from '../http/route';

/** What each problem means, and what to do about it. */
const EXPLANATIONS: Readonly<Record<ProblemCode, string>> = {
  'malformed-json': 'The body could not be parsed. Check its syntax and its length.',
  'invalid-request': 'Some fields are missing or not of their kind; `errors` names each of them.',
  'invalid-dates':
    "The dates are no dates, past by the item's own calendar, in the wrong order, too many or too far ahead; `errors` says which. Where the owner's limits are the reason, `reasons` says it for machines: `minimum-stay`, `maximum-stay`, `lead-time`.",
  'bad-signature':
    'The webhook was signed with another secret, more than five minutes ago, or not at all, or its body was changed on the way. Check the signing secret of the endpoint.',
  unauthenticated: 'No token came, or it has expired or proves nothing. Sign in again.',
  'payment-declined':
    'The payment provider said no, or there was no payment method. Pay again with another one; `billing` holds the record, where one was opened. Of a change: nothing was changed.',
  forbidden: 'You may see this but not do it: it takes another role, or somebody else.',
  'not-found': 'There is no such thing, or none that you may know of.',
  'method-not-allowed': 'The address exists with other methods; the `Allow` header lists them.',
  'price-changed':
    'The total you sent is not the price. `quote` holds the price: show it, and repeat with it.',
  'quote-not-valid':
    'The quoteId you sent is unknown, has expired, or is of another stay. Ask `GET /api/rates/quote` for a new one, show its price, and repeat with it.',
  'nights-unavailable':
    'Some nights, seats or cars cannot be sold; `nights` lists the days, where they are known, and `reasons` says of each whether it is `sold-out` or `closed`. Choose others.',
  'nights-sold':
    'Nights that are sold cannot be closed, nor can there be fewer than are sold; `bookings` or `nights` says which. Cancel those first, or choose other nights.',
  'not-on-sale': 'The owner sells it no more, or not yet. Bookings made before go on.',
  'item-exists': 'The id is taken. Choose another one, or change that item.',
  'item-has-bookings':
    'What `fields` names cannot change once an item has bookings. Take it off sale and create another one.',
  'version-conflict':
    'The change was made for an earlier version than `version`, where the item stands. Read it again, and change that.',
  'too-many-changes':
    'The changes of one booking are limited. Cancel it and book anew; what a cancel costs is quoted first.',
  'changed-meanwhile':
    'Somebody else has changed the booking, or is just doing so. Read it again, and repeat what is still wanted.',
  'illegal-transition':
    'The booking has moved on, and what you ask is not possible in its `state`. Read it again.',
  'amount-unavailable':
    'Only what is held can be taken, and only what was taken can go back: `held` and `refundable` say how much. Send less, or no amount for all of it.',
  'undo-not-waiting': 'Only an undo that needs an operator can be retried or skipped.',
  'request-in-flight':
    'The same request is being worked on. Repeat it after `Retry-After` seconds for its answer.',
  'payload-too-large': 'Send less.',
  'unsupported-media-type': 'Send JSON, and say so with `Content-Type: application/json`.',
  'wrong-owner': 'The `ownerId` you sent does not own the item. Leave it out, or correct it.',
  'idempotency-key-reused': 'The key belongs to another request. Use a fresh key for each new request.',
  'too-many-requests': 'Wait for `Retry-After` seconds.',
  'internal-error': 'A defect on our side; it has been logged under the `requestId`.',
  unavailable: 'A part we depend on is away. Nothing was changed; try again after `Retry-After` seconds.',
  'outcome-unknown':
    'No answer came in time, so it may or may not have happened. Repeat the request with the same Idempotency-Key: it is done once.',
};

const isCode = (text: string): text is ProblemCode => Object.hasOwn(PROBLEMS, text);

/** The pages that the `type` of a problem points to. */
export function problemRoutes(): Route[] {
  return [
    publicRoute({
      method: 'get',
      path: '/problems/:code',
      tag: 'operations',
      summary: 'What a problem means and what to do about it',
      params: z.object({ code: z.string().max(64).meta({ example: 'price-changed' }) }),
      answers: {
        200: {
          description: 'The explanation',
          schema: z.object({
            type: z.string(),
            title: z.string(),
            status: z.int(),
            explanation: z.string(),
          }),
          example: explain('price-changed'),
        },
      },
      problems: ['not-found'],
      handle: async ({ params: { code } }) => {
        if (!isCode(code)) throw new Problem('not-found', 'There is no problem of this name.');
        return { status: 200, body: explain(code) };
      },
    }),
  ];
}

function explain(code: ProblemCode) {
  return { type: problemTypeOf(code), ...PROBLEMS[code], explanation: EXPLANATIONS[code] };
}
