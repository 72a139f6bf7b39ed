import { type BookingId, isBookingId, type OwnerId, type TravelerId } from '../../domain/ids';
import { Problem } from '../../domain/problems';
import type { Database } from '../../platform/database/client';
import type { Caller as SagaCaller } from '../../workflows/messages';
import type { Caller } from '../auth/caller';
import type { BookingRow } from './view';

/** As what someone acts on a booking. */
export type Part = 'traveler' | 'owner' | 'admin';

/**
 * Finds a booking that the caller may see: its traveler, the item's owner, an administrator.
 * @throws {Problem} `not-found` for everybody else, as if it did not exist
 */
export async function visibleBooking(database: Database, id: string, caller: Caller): Promise<BookingRow> {
  const booking = isBookingId(id) ? await database.booking.findUnique({ where: { id } }) : null;
  const maySee =
    booking !== null &&
    (caller.role === 'admin' || booking.travelerId === caller.id || booking.ownerId === caller.id);
  if (!maySee) throw new Problem('not-found', `There is no booking ${id.slice(0, 64)} here.`);
  return booking;
}

/**
 * Who the caller is to the booking's saga, acting as `part`.
 * @throws {Problem} `forbidden` where they see the booking as somebody else
 */
export function actAs(part: Part, booking: BookingRow, caller: Caller): SagaCaller {
  if (caller.role === part) {
    if (part === 'admin') return { role: 'SYSTEM', id: caller.id };
    if (part === 'owner' && booking.ownerId === caller.id) return { role: 'OWNER', id: caller.id as OwnerId };
    if (part === 'traveler' && booking.travelerId === caller.id) {
      return { role: 'TRAVELER', id: caller.id as TravelerId };
    }
  }
  const who =
    part === 'owner' ? "the item's owner" : part === 'traveler' ? 'its traveler' : 'an administrator';
  throw new Problem('forbidden', `Only ${who} may do this to booking ${booking.id}.`);
}

export function bookingIdOf(booking: BookingRow): BookingId {
  return booking.id as BookingId;
}
