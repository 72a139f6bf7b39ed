import { PRICE_REVIEWER } from '../../domain/item-fact';
import { defineGroup, type Group } from '../runner/group';
import { followBooking } from '../view/follow-booking';
import { PROPERTY_TOPICS, propertyOf, readProperty } from '../view/property-topics';
import { spanOf, takeNights } from '../view/taken-nights';
import { reviewPrices } from './review';
import { enterApplied } from './usage';

const BOOKINGS = 'rate_management.bookings';
const TAKEN = 'rate_management.taken_nights';

/**
 * Keeps how rates are used, and reviews the prices of nights whose occupancy was told to have changed. What a review
 * records is told on `rate.updated`, which this group does not read: no review leads to another.
 * @param now the clock that says which nights are past
 */
export function rateManagementGroup(now: () => Date): Group {
  return defineGroup({
    name: PRICE_REVIEWER,
    topics: PROPERTY_TOPICS,
    batch: true,
    rebuild: { tables: ['rate_management.applied', TAKEN, BOOKINGS] },
    inTurn: propertyOf,
    async handle(event, transaction) {
      if (event.topic === 'rateApplied') {
        await followBooking(transaction, BOOKINGS, event.topic, event.message);
        return (await enterApplied(transaction, event)) ? 'done' : 'ignored';
      }
      const told = readProperty(event);
      // What its owner closed is not sold, and is no occupancy.
      if (told.of === 'item') return 'ignored';
      const { topic, message } = told.event;
      const { standing } = await followBooking(transaction, BOOKINGS, topic, message);
      if (standing === 'stale') return 'ignored';
      if (topic !== 'availabilityUpdated') return 'done';
      await takeNights(transaction, TAKEN, message);
      // Once, when a member reads the message; a review is no part of the view.
      if (!transaction.rebuilding) await reviewPrices(transaction, spanOf(message), now());
      return 'done';
    },
  });
}

export const rateManagement = rateManagementGroup(() => new Date());
