import type { ItemId, TravelerId } from '../../domain/ids';
import { PROBLEMS, Problem } from '../../domain/problems';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import type { Answer } from '../http/route';
import { claimSameRequest, forget, storeAnswer } from '../idempotency/keys';
import { freshBookingId, once } from '../idempotency/once';
import { openBooking, type Wish } from './create';
import type { BookingView } from './schemas';
import { type BookingRow, bookingView } from './view';

/** A create as it came in. */
export interface CreateCall {
  readonly caller: Caller;
  readonly route: string;
  readonly idempotencyKey?: string;
  readonly sentBody: unknown;
  readonly wish: Wish;
}

/** Opens one booking for one request, however often that is sent, and answers 201 each time. */
export async function createOnce(
  deps: ApiDeps,
  call: CreateCall,
  answerBody: (booking: BookingView) => unknown,
): Promise<Answer> {
  const { caller, route, idempotencyKey, sentBody, wish } = call;
  const answer = (row: BookingRow): Answer => ({
    status: 201,
    headers: { Location: `/api/bookings/${row.id}` },
    body: answerBody(bookingView(row)),
  });
  if (idempotencyKey === undefined) return answer(await createWithoutKey(deps, caller, wish));
  return await once(
    deps,
    { caller: caller.id, route, key: idempotencyKey, request: sentBody },
    async ({ bookingId, again }) => answer(await openBooking(deps, caller, wish, bookingId, again)),
  );
}

async function createWithoutKey(deps: ApiDeps, caller: Caller, wish: Wish): Promise<BookingRow> {
  const same = { travelerId: caller.id as TravelerId, itemId: wish.itemId as ItemId, stay: wish.stay };
  const { bookingId, rowId, again } = await claimSameRequest(deps.database, same, freshBookingId(deps));
  try {
    const booking = await openBooking(deps, caller, wish, bookingId, again);
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
