import { isConfirmationNumber } from '../../domain/hotel';
import { type BookingId, isBookingId, type OwnerId, type TravelerId } from '../../domain/ids';
import { Problem } from '../../domain/problems';
import type { Database } from '../../platform/database/client';
import type { Caller as SagaCaller } from '../../workflows/messages';
import type { Caller } from '../auth/caller';
import type { BookingRow } from './view';

/** As what someone acts on a booking. */
export type Part = 'traveler' | 'owner' | 'admin';

const PART_IN_WORDS: Readonly<Record<Part, string>> = {
  traveler: 'its traveler',
  owner: "the item's owner",
  admin: 'an administrator',
};

/**
 * Finds a booking, by its id or its confirmation number, that the caller may see: its traveler, the item's owner, an administrator.
 * @throws {Problem} `not-found` for everybody else, as if it did not exist
 */
export async function visibleBooking(database: Database, id: string, caller: Caller): Promise<BookingRow> {
  const booking = await findBooking(database, id);
  const maySee =
    booking !== null &&
    (caller.role === 'admin' || booking.travelerId === caller.id || booking.ownerId === caller.id);
  if (!maySee) throw new Problem('not-found', `There is no booking ${id.slice(0, 64)} here.`);
  return booking;
}

async function findBooking(database: Database, id: string): Promise<BookingRow | null> {
  if (isBookingId(id)) return await database.booking.findUnique({ where: { id } });
  if (!isConfirmationNumber(id)) return null;
  return await database.booking.findUnique({ where: { confirmationNumber: id } });
}

/**
 * Who the caller is to the booking's saga, acting as `part`, or as one of several parts.
 * @throws {Problem} `forbidden` where they see the booking as somebody else
 */
export function actAs(parts: Part | readonly Part[], booking: BookingRow, caller: Caller): SagaCaller {
  const { id, role } = caller;
  if ([parts].flat().includes(role)) {
    if (role === 'admin') return { role: 'SYSTEM', id };
    if (role === 'owner' && booking.ownerId === id) return { role: 'OWNER', id: id as OwnerId };
    if (role === 'traveler' && booking.travelerId === id) return { role: 'TRAVELER', id: id as TravelerId };
  }
  const who = [parts]
    .flat()
    .map((part) => PART_IN_WORDS[part])
    .join(' or ');
  throw new Problem('forbidden', `Only ${who} may do this to booking ${booking.id}.`);
}

export function bookingIdOf(booking: BookingRow): BookingId {
  return booking.id as BookingId;
}
