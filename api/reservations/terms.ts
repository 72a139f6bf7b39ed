import type { BookingTerms } from '../../domain/booking';
import type { Item } from '../../domain/item';
import { instantAt } from '../../domain/stay-clock';
import { addDays, type Stay } from '../../domain/stay-dates';

/** A guest may be let in from the first minute of the day on, whatever the room's check-in time. */
const FIRST_MINUTE = '00:00';

/**
 * What a hotel agrees to beside the times of the stay: the owner checks in and out, and a guest who is not there by
 * the morning after the first night counts as never having come.
 */
export function hotelTerms(item: Item, stay: Stay): Pick<BookingTerms, 'stay' | 'checkInFrom' | 'noShowAt'> {
  const { timeZone, noShowTime = item.checkOutTime } = item;
  return {
    stay: 'by-owner',
    checkInFrom: instantAt(stay.start, FIRST_MINUTE, timeZone).toISOString(),
    noShowAt: instantAt(addDays(stay.start, 1), noShowTime, timeZone).toISOString(),
  };
}
