import type { TravelerId } from '../../domain/ids';
import { PROBLEMS, Problem } from '../../domain/problems';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import type { Answer } from '../http/route';
import { claimSameRequest, forget, type SameRequest, storeAnswer } from '../idempotency/keys';
import { freshBookingId, once } from '../idempotency/once';
import { type MakeRequest, openBooking } from './create';
import type { BookingRow } from './view';

/** A create as it came in. */
export interface CreateCall {
  readonly caller: Caller;
  readonly route: string;
  readonly idempotencyKey?: string;
  readonly sentBody: unknown;
  /** What makes it the same as another one where neither has a key. */
  readonly same: Omit<SameRequest, 'travelerId'>;
  readonly makeRequest: MakeRequest;
}

/** Opens one booking for one request, however often that is sent, and answers each time. */
export async function createOnce(
  deps: ApiDeps,
  call: CreateCall,
  answer: (booking: BookingRow) => Answer | Promise<Answer>,
): Promise<Answer> {
  const { caller, route, idempotencyKey, sentBody, makeRequest } = call;
  if (idempotencyKey === undefined) return await answer(await createWithoutKey(deps, call));
  return await once(
    deps,
    { caller: caller.id, route, key: idempotencyKey, request: sentBody },
    async ({ bookingId, again }) => await answer(await openBooking(deps, makeRequest, bookingId, again)),
  );
}

async function createWithoutKey(deps: ApiDeps, call: CreateCall): Promise<BookingRow> {
  const same = { ...call.same, travelerId: call.caller.id as TravelerId };
  const { bookingId, rowId, again } = await claimSameRequest(deps.database, same, freshBookingId(deps));
  try {
    const booking = await openBooking(deps, call.makeRequest, bookingId, again);
    if (!again) {
      await storeAnswer(deps.database, rowId, 201).catch((failure: unknown) => {
        deps.logger.warn({ err: failure, bookingId }, 'a create could not be marked as answered');
      });
    }
    return booking;
  } catch (error) {
    // A refusal opened nothing; a later request shall be judged by itself.
    if (!again && error instanceof Problem && PROBLEMS[error.code].status < 500) {
      await forget(deps.database, rowId);
    }
    throw error;
  }
}
