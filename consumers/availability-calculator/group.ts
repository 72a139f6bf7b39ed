import type { Transaction } from '../../platform/database/transactions';
import type { Logger } from '../../platform/logger';
import { defineGroup } from '../runner/group';
import { followBooking, stands } from '../view/follow-booking';
import {
  type BookedNights,
  type OwnersNights,
  PROPERTY_TOPICS,
  type PropertyEvent,
  propertyOf,
  readProperty,
} from '../view/property-topics';
import { type Span, spanOf, takeNights } from '../view/taken-nights';
import { closeOrOpen, learnPlaces } from './items';
import { checkNights, type Overbooked } from './overbookings';

const BOOKINGS = 'availability_calculator.bookings';
const TAKEN = 'availability_calculator.taken_nights';

/**
 * Keeps the calendar of every item, and looks whether more of a night is confirmed than there is. What is taken only
 * availability.updated says; whether that is confirmed, every message does, since each has the state it led to. That a
 * booking of the stays or the travel system is, rate.applied is the first to say.
 */
export const availabilityCalculator = defineGroup({
  name: 'availability-calculator-group',
  topics: PROPERTY_TOPICS,
  batch: true,
  rebuild: {
    tables: [
      'availability_calculator.overbookings',
      'availability_calculator.taken_nights',
      'availability_calculator.closed_nights',
      'availability_calculator.bookings',
      'availability_calculator.items',
    ],
    except: ['id', 'confirmed', 'opened_at'],
    // When one came and went, and how far, depends on the order in which topics were read; which are open does not.
    compared: { 'availability_calculator.overbookings': 'closed_at IS NULL' },
  },
  inTurn: propertyOf,
  async handle(event, transaction, log) {
    const { timestamp } = event.message;
    const touched = await take(event, transaction);
    if (touched === undefined) return 'ignored';
    if (touched.length > 0) alert(await checkNights(transaction, touched, timestamp), log);
    return 'done';
  },
});

/** @returns the nights of which other numbers may hold now; undefined where nothing was new */
async function take(event: PropertyEvent, transaction: Transaction): Promise<Span[] | undefined> {
  const told = readProperty(event);
  if (told.of === 'item') return takeOwners(told.nights, transaction);
  const { topic, message } = told.event;
  const { standing, before } = await followBooking(transaction, BOOKINGS, topic, message);
  if (standing === 'stale') return undefined;
  const confirmed = standing === 'newest' && stands(before) !== stands(message.state);
  const spans = confirmed ? await nightsOf(transaction, message.bookingId) : [];
  if (topic !== 'availabilityUpdated') return spans;
  await takeNights(transaction, TAKEN, message);
  return [...spans, spanOf(message), ...(await otherCapacity(transaction, message))];
}

async function takeOwners(message: OwnersNights, transaction: Transaction): Promise<Span[] | undefined> {
  const spans = await otherCapacity(transaction, message);
  const taken = await closeOrOpen(transaction, message);
  return taken || spans.length > 0 ? spans : undefined;
}

/** Where the message tells another capacity than before, all that is taken of the item. */
async function otherCapacity(
  transaction: Transaction,
  message: BookedNights | OwnersNights,
): Promise<Span[]> {
  const { itemId, timestamp } = message;
  if (!(await learnPlaces(transaction, message))) return [];
  return [{ itemId, start: timestamp.slice(0, 10), end: 'infinity' }];
}

async function nightsOf({ query }: Transaction, bookingId: string): Promise<Span[]> {
  return query<Span>(
    `SELECT item_id AS "itemId", min(night)::text AS start, (max(night) + 1)::text AS end
     FROM ${TAKEN} WHERE booking_id = $1 GROUP BY item_id`,
    [bookingId],
  );
}

/** One line for each item. Overselling that its owner allows is worth a look, any beyond is a defect. */
function alert(overbooked: readonly Overbooked[], log: Logger | undefined): void {
  for (const itemId of new Set(overbooked.map((one) => one.itemId))) {
    const nights = overbooked.filter((one) => one.itemId === itemId);
    const beyond = nights.some(({ confirmed, capacity, allowed }) => confirmed > capacity + allowed);
    const line = { alert: 'overbooking', itemId, beyondAllowed: beyond, nights };
    if (beyond) log?.error(line, 'more is confirmed than its owner lets be sold');
    else log?.warn(line, 'more is confirmed than there is, as its owner allows');
  }
}
