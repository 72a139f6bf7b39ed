import { z } from 'zod';
import { identifier, reasonText } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { visiblePayment } from '../payments/access';
import { readMoney } from '../payments/balance';
import { type Move, moveMoney } from '../payments/move';
import { capture, refund } from '../payments/moves';
import { paymentExample, paymentSchema } from '../payments/schemas';
import { paymentView } from '../payments/view';
import { EVERYBODY } from './shared';

const TAG = 'payments';
const PAYMENT = '/api/payments/:id';

const params = z.object({
  id: identifier.meta({
    description:
      "The booking's id, its confirmation number, or the provider's id of one of its authorizations.",
    example: paymentExample.confirmationNumber,
  }),
});

const amount = z.number().positive().max(1e12).optional().meta({
  description: "In the booking's currency. Absent: all there is.",
  example: 100,
});
const captureBody = z.object({ amount });
const refundBody = z.object({ amount, reason: reasonText.optional() });

const moved = z.object({ success: z.literal(true), message: z.string(), data: paymentSchema });

/** A booking's money: reading it, taking what is held, giving back what was taken. */
export function paymentRoutes(deps: ApiDeps): Route[] {
  return [
    readRoute(deps),
    moveRoute(deps, {
      verb: 'capture',
      summary: 'Take part or all of what is held',
      description:
        'By the owner or an administrator. The saga is told and answers once that is decided; what is left of a hold ' +
        'is released with it. Nothing is held before the hold is taken and after the booking is over.',
      body: captureBody,
      bodyExample: { amount: 100 },
      message: 'Payment capture accepted',
      move: () => capture,
    }),
    moveRoute(deps, {
      verb: 'refund',
      summary: 'Give back part or all of what was taken',
      description:
        'By the owner or an administrator, also long after the booking is over. It answers once that is decided; the ' +
        'money moves after the answer. What goes back after the owner was paid is owed by the owner.',
      body: refundBody,
      bodyExample: { amount: 100, reason: 'The heating failed' },
      message: 'Payment refund accepted',
      move: ({ reason }: z.output<typeof refundBody>) => refund(reason),
    }),
  ];
}

function readRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: PAYMENT,
    tag: TAG,
    summary: 'Where the money of a booking is',
    description: 'Its authorizations with their balances, the ledger line by line, refunds and disputes.',
    roles: EVERYBODY,
    params,
    answers: {
      200: {
        description: 'The money',
        schema: z.object({ success: z.literal(true), data: paymentSchema }),
        example: { success: true, data: paymentExample },
      },
    },
    problems: ['not-found'],
    handle: async ({ caller, params: { id } }) => {
      const booking = await visiblePayment(deps.database, id, caller);
      const data = paymentView(await readMoney(deps.database, booking.id));
      return { status: 200, body: { success: true, data } };
    },
  });
}

interface MoveSpec<B extends z.ZodType> {
  readonly verb: 'capture' | 'refund';
  readonly summary: string;
  readonly description: string;
  readonly body: B;
  readonly bodyExample: unknown;
  readonly message: string;
  move(body: z.output<B>): Move;
}

function moveRoute<B extends z.ZodType<{ amount?: number | undefined }>>(
  deps: ApiDeps,
  spec: MoveSpec<B>,
): Route {
  const { verb, move, message, ...docs } = spec;
  const path = `${PAYMENT}/${verb}`;
  return route({
    ...docs,
    method: 'post',
    path,
    tag: TAG,
    roles: EVERYBODY,
    params,
    answers: {
      200: { description: message, schema: moved, example: { success: true, message, data: paymentExample } },
    },
    problems: ['invalid-request', 'not-found', 'amount-unavailable', 'outcome-unknown'],
    handle: ({ caller, params: { id }, body, sentBody, idempotencyKey }) =>
      moveMoney(deps, move(body), {
        ...{ caller, id, sentBody, message, amount: body.amount },
        route: `POST ${path}`,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      }),
  });
}
