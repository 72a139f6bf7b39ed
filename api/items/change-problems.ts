import { Problem } from '../../domain/problems';
import type { CalendarDate } from '../../domain/stay-dates';

/** A night on which more are sold than there would be, and how many. */
export interface SoldNight {
  readonly night: CalendarDate;
  readonly sold: number;
}

/** Somebody else's change came first; `version` is where the item stands. */
export function versionConflict(id: string, version: number): Problem {
  return new Problem(
    'version-conflict',
    `${id} stands at version ${version}: somebody changed it meanwhile. Read it again, and change that.`,
    { version },
  );
}

const FIELD_OF_COLUMN: Readonly<Record<string, string>> = {
  currency: 'currency',
  departure_date: 'departureDate',
};

/** Some columns are fixed once there is a booking. */
export function hasBookings(id: string, columns: readonly string[]): Problem {
  const fields = columns.map((column) => FIELD_OF_COLUMN[column] ?? column);
  return new Problem(
    'item-has-bookings',
    `${id} has bookings, so its ${fields.join(' and ')} cannot change. Take it off sale and create another one.`,
    { fields },
  );
}

/** There would be fewer than are sold; `nights` says when and how many. */
export function moreSold(id: string, nights: readonly SoldNight[]): Problem {
  const which = nights.map(({ night, sold: count }) => `${night} (${count})`).join(', ');
  return new Problem(
    'nights-sold',
    `More of ${id} are sold than there would be on ${which}. Cancel some first.`,
    {
      nights,
    },
  );
}
