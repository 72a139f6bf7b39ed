import { z } from 'zod';
import { isConfirmationNumber } from '../../domain/hotel';
import type { ProblemCode } from '../../domain/problems';
import { type Action, act } from '../bookings/act';
import type { ApiDeps } from '../deps';
import { type Method, type Route, route } from '../http/route';
import { reservationExample, reservationSchema } from '../reservations/schemas';
import { readReservation, reservationView } from '../reservations/view';
import { ACTION_PROBLEMS, EVERYBODY } from './shared';

export const TAG = 'hotel';
export const RESERVATIONS = '/api/reservations';
export const RESERVATION = `${RESERVATIONS}/:confirmationNumber`;

export const reservationParams = z.object({
  confirmationNumber: z
    .string()
    .refine(isConfirmationNumber)
    .meta({ example: reservationExample.confirmationNumber }),
});

export const oneReservation = z.object({
  success: z.literal(true),
  message: z.string(),
  data: reservationSchema,
});

interface ReservationActionSpec<B extends z.ZodType> {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly body: B;
  readonly bodyExample?: unknown;
  readonly message: string;
  /** What it can be refused for beside what every action can. */
  readonly problems?: readonly ProblemCode[];
  action(body: z.output<B>): Action;
}

/** A route that does something to one reservation, and answers with it as it then is. */
export function reservationAction<B extends z.ZodType>(deps: ApiDeps, spec: ReservationActionSpec<B>): Route {
  const { message, action, problems = [], ...docs } = spec;
  return route({
    ...docs,
    tag: TAG,
    roles: EVERYBODY,
    params: reservationParams,
    answers: {
      200: {
        description: message,
        schema: oneReservation,
        example: { success: true, message, data: reservationExample },
      },
    },
    problems: [...ACTION_PROBLEMS, ...problems],
    handle: ({ caller, params, body, sentBody, idempotencyKey }) =>
      act(
        deps,
        {
          ...{ caller, route: `${spec.method.toUpperCase()} ${spec.path}`, idempotencyKey },
          id: params.confirmationNumber,
          request: { params, sentBody },
          action: action(body),
        },
        async ({ id }) => ({
          success: true,
          message,
          data: reservationView(await readReservation(deps.database, id)),
        }),
      ),
  });
}
