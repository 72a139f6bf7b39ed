import type { BookingRequest } from '../../domain/booking';
import type { BookingId } from '../../domain/ids';
import type { ApiDeps } from '../deps';
import { outcomeUnknown, sagaAway } from './saga-problems';
import type { BookingRow } from './view';

/** Checks what is asked for. Throws a Problem for whatever stands against it. */
export type MakeRequest = (bookingId: BookingId) => Promise<BookingRequest>;

/**
 * Opens a booking under this id, or finds it opened by an earlier attempt.
 *
 * @param again whether there may have been one. Then nothing is checked before looking: its own nights would be gone,
 * and a refusal would be a lie about a saga that is on its way.
 * @returns the booking as its saga wrote it
 */
export async function openBooking(
  deps: ApiDeps,
  makeRequest: MakeRequest,
  bookingId: BookingId,
  again: boolean,
): Promise<BookingRow> {
  const earlier = again ? await openedEarlier(deps, bookingId) : undefined;
  if (earlier) return earlier;
  let request: BookingRequest;
  try {
    request = await makeRequest(bookingId);
  } catch (refusal) {
    // A twin may have opened it meanwhile, and taken the very nights that are missing now.
    const twins = again ? await openedEarlier(deps, bookingId) : undefined;
    if (twins) return twins;
    throw refusal;
  }
  const answer = await deps.saga.open(request);
  return await openedBooking(deps, bookingId, answer.outcome, again);
}

async function openedEarlier(deps: ApiDeps, bookingId: BookingId): Promise<BookingRow | undefined> {
  const committed = await deps.database.booking.findUnique({ where: { id: bookingId } });
  if (committed) return committed;
  const answer = await deps.saga.awaitOpen(bookingId);
  return answer.outcome === 'closed' ? undefined : openedBooking(deps, bookingId, answer.outcome, true);
}

async function openedBooking(
  deps: ApiDeps,
  bookingId: BookingId,
  outcome: Awaited<ReturnType<ApiDeps['saga']['open']>>['outcome'],
  again: boolean,
): Promise<BookingRow> {
  switch (outcome) {
    case 'unsent':
      // Nothing was sent by this call; an earlier one may have opened it all the same.
      throw again ? outcomeUnknown(bookingId) : sagaAway(bookingId);
    case 'unknown':
      throw outcomeUnknown(bookingId);
    case 'committed':
    case 'closed':
    case 'refused': {
      const booking = await deps.database.booking.findUnique({ where: { id: bookingId } }).catch((error) => {
        deps.logger.error({ err: error, bookingId }, 'an opened booking could not be read');
        throw outcomeUnknown(bookingId);
      });
      if (!booking) throw new Error(`the saga of ${bookingId} answered ${outcome}, but there is no booking`);
      return booking;
    }
  }
}
