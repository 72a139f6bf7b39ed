import { randomUUID } from 'node:crypto';
import type { BookingState, FactType } from '../../domain/booking-state';
import { isEnded } from '../../domain/booking-state';
import type { BookingId } from '../../domain/ids';
import { Problem } from '../../domain/problems';
import type { Caller as SagaCaller } from '../../workflows/messages';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import type { Answer } from '../http/route';
import { once } from '../idempotency/once';
import type { SagaAnswer, SagaClient } from '../saga/saga-client';
import { actAs, bookingIdOf, type Part, visibleBooking } from './access';
import { illegalTransition, outcomeUnknown, sagaAway, tooManyChanges } from './saga-problems';
import type { BookingView } from './schemas';
import { type BookingRow, bookingView } from './view';

/** Something that may be done to a booking by asking its saga. */
export interface Action {
  /** Who may do it; several where each of them may. */
  readonly part: Part | readonly Part[];
  /** Completes "the booking cannot be …". */
  readonly done: string;
  /** What the log shows once it happened; absent where that cannot be told from the log. */
  readonly fact?: FactType;
  /** Whether a booking that has ended may still take it. */
  readonly afterEnd?: boolean;
  tell(saga: SagaClient, bookingId: BookingId, by: SagaCaller, updateId: string): Promise<SagaAnswer>;
}

/** An action as it was called for. */
export interface ActionCall {
  readonly caller: Caller;
  readonly route: string;
  readonly id: string;
  readonly idempotencyKey?: string;
  /** What the call asks for beside its key, address included. */
  readonly request: unknown;
  readonly action: Action;
}

/** Does it once, and answers with the booking as its saga then wrote it. */
export async function act(
  deps: ApiDeps,
  call: ActionCall,
  answerBody: (booking: BookingView) => unknown | Promise<unknown>,
): Promise<Answer> {
  const booking = await visibleBooking(deps.database, call.id, call.caller);
  const by = actAs(call.action.part, booking, call.caller);
  const bookingId = bookingIdOf(booking);
  const attempt = async ({ updateId, again }: { updateId: string; again: boolean }): Promise<Answer> => {
    const after = await told(deps, call.action, booking, by, updateId, again);
    return { status: 200, body: await answerBody(bookingView(after)) };
  };
  if (call.idempotencyKey === undefined) {
    return await attempt({ updateId: randomUUID(), again: false });
  }
  const { caller, route, idempotencyKey, request } = call;
  return await once(deps, { caller: caller.id, route, key: idempotencyKey, request, bookingId }, attempt);
}

async function told(
  deps: ApiDeps,
  action: Action,
  booking: BookingRow,
  by: SagaCaller,
  updateId: string,
  again: boolean,
): Promise<BookingRow> {
  const bookingId = bookingIdOf(booking);
  // An earlier attempt of this very request may be what ended it, so only a first one is refused from here.
  if (!again && !action.afterEnd && isEnded(booking.state as BookingState)) {
    throw illegalTransition(action.done, booking);
  }
  const answer = await action.tell(deps.saga, bookingId, by, updateId);
  switch (answer.outcome) {
    case 'unsent':
      throw again ? outcomeUnknown(bookingId) : sagaAway(bookingId);
    case 'unknown':
      throw outcomeUnknown(bookingId);
    case 'committed':
      return await reread(deps, bookingId);
    case 'closed': {
      if (again && (await happened(deps, action, bookingId, by))) return await reread(deps, bookingId);
      throw illegalTransition(action.done, await reread(deps, bookingId));
    }
    case 'refused':
      throw refusal(answer, action, await reread(deps, bookingId));
  }
}

async function reread(deps: ApiDeps, bookingId: BookingId): Promise<BookingRow> {
  try {
    return await deps.database.booking.findUniqueOrThrow({ where: { id: bookingId } });
  } catch (error) {
    deps.logger.error({ err: error, bookingId }, 'a booking could not be read after its saga answered');
    throw outcomeUnknown(bookingId);
  }
}

/** Whether the log of a booking shows that this party has done this. */
async function happened(
  deps: ApiDeps,
  { fact }: Action,
  bookingId: BookingId,
  by: SagaCaller,
): Promise<boolean> {
  if (fact === undefined) return false;
  return (await deps.database.bookingFactRow.count({ where: { bookingId, type: fact, actor: by.role } })) > 0;
}

function refusal(
  { refusal, message, details }: SagaAnswer & { outcome: 'refused' },
  action: Action,
  booking: BookingRow,
): Problem {
  switch (refusal) {
    case 'IllegalTransition':
      return illegalTransition(action.done, booking);
    case 'NotYet':
      return new Problem(
        'illegal-transition',
        `Booking ${booking.id} cannot be ${action.done} yet: ${message}.`,
        { bookingId: booking.id, state: booking.state },
      );
    case 'NotAllowed':
      return new Problem('forbidden', `You may not do this to booking ${booking.id}.`);
    case 'ChangedMeanwhile':
      return new Problem('changed-meanwhile', `Booking ${booking.id}: ${message}. Read it again.`, {
        bookingId: booking.id,
      });
    case 'TooManyChanges':
      return tooManyChanges(booking);
    case 'PaymentDeclined':
      return new Problem('payment-declined', `${message}. Booking ${booking.id} is as it was.`, {
        bookingId: booking.id,
      });
    case 'NightsUnavailable':
      return new Problem('nights-unavailable', `${message}. Booking ${booking.id} is as it was.`, {
        bookingId: booking.id,
        ...(details?.[0] !== undefined && { nights: details[0] }),
      });
    case 'AmountUnavailable':
      return new Problem(
        'amount-unavailable',
        `Booking ${booking.id} cannot be ${action.done}: ${message}.`,
        {
          bookingId: booking.id,
          state: booking.state,
        },
      );
    case 'UndoNotWaiting':
      return new Problem(
        'undo-not-waiting',
        `This undo of booking ${booking.id} does not wait for an operator. Look at its timeline.`,
        { bookingId: booking.id, undo: booking.undo },
      );
  }
}
