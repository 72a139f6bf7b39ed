import type { z } from 'zod';
import { type Action, act } from '../bookings/act';
import { bookingExample, bookingSchema } from '../bookings/schemas';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { ACTION_PROBLEMS, EVERYBODY, idParams } from './shared';
import type { Spelling } from './spelling';

interface ActionRouteSpec<B extends z.ZodType> {
  readonly method?: 'put' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly body: B;
  readonly bodyExample?: unknown;
  readonly message: string;
  action(body: z.output<B>): Action;
}

/**
 * A route that does something to one booking. Whoever may not see the booking gets 404, whoever may see it but not
 * do this 403; so every role may knock.
 */
export function actionRoute<B extends z.ZodType>(
  deps: ApiDeps,
  spelling: Spelling,
  spec: ActionRouteSpec<B>,
): Route {
  const { method = 'put', path, message, action, ...docs } = spec;
  return route({
    ...docs,
    method,
    path,
    tag: spelling.tag,
    roles: EVERYBODY,
    params: idParams,
    answers: {
      200: {
        description: message,
        schema: spelling.one(bookingSchema),
        example: spelling.answer(message, bookingExample),
      },
    },
    problems: ACTION_PROBLEMS,
    handle: ({ caller, params, body, sentBody, idempotencyKey }) =>
      act(
        deps,
        {
          caller,
          route: `${method.toUpperCase()} ${path}`,
          id: params.id,
          idempotencyKey,
          request: { params, sentBody },
          action: action(body),
        },
        (booking) => spelling.answer(message, booking),
      ),
  });
}
