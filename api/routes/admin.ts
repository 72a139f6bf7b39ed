import { z } from 'zod';
import { UNDO_STEPS } from '../../domain/undo';
import { act } from '../bookings/act';
import { retryUndo, skipUndo } from '../bookings/actions';
import { bookingExample, bookingSchema } from '../bookings/schemas';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { ACTION_PROBLEMS, idParams } from './shared';
import { plain } from './spelling';

const spelling = plain('administration');
const params = idParams.extend({ step: z.enum(UNDO_STEPS) });

/** What an operator can do about an undo that does not succeed by itself. */
export function adminRoutes(deps: ApiDeps): Route[] {
  const undoRoute = (
    verb: 'retry' | 'skip',
    summary: string,
    message: string,
    action: typeof retryUndo,
  ): Route => {
    const path = `/api/admin/bookings/:id/undo/:step/${verb}`;
    return route({
      method: 'post',
      path,
      tag: spelling.tag,
      summary,
      roles: ['admin'],
      params,
      body: z.strictObject({}),
      answers: {
        200: {
          description: message,
          schema: spelling.one(bookingSchema),
          example: spelling.answer(message, { ...bookingExample, state: 'CANCELLED', status: 'CANCELLED' }),
        },
      },
      problems: [...ACTION_PROBLEMS, 'undo-not-waiting'],
      handle: ({ caller, params: { id, step }, idempotencyKey }) =>
        act(
          deps,
          {
            caller,
            route: `POST ${path}`,
            id,
            idempotencyKey,
            request: { id, step },
            action: action(step),
          },
          (booking) => spelling.answer(message, booking),
        ),
    });
  };
  return [
    undoRoute('retry', 'Try an undo again at once', 'Undo is being tried again', retryUndo),
    undoRoute('skip', 'Declare an undo settled by hand', 'Undo skipped', skipUndo),
  ];
}
