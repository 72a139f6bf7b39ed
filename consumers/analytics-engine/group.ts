import { ANALYTICS_GROUP } from '../../domain/topics';
import { MESSAGES } from '../../platform/messages/table';
import { defineGroup } from '../runner/group';
import { keepBooking, keepChange, keepPayment } from './keep';
import { type Heard, sayingOf } from './saying';
import { tellChanges } from './tell';

const { analyticsReservation: _, analyticsAlert: __, ...heard } = MESSAGES;

/**
 * Counts what is booked, sold, cancelled and paid, each fact once in however many messages it is told, and tells each
 * counted change on `analytics.reservation`.
 */
export const analyticsEngine = defineGroup<Heard>({
  name: ANALYTICS_GROUP,
  topics: heard,
  // Messages about one booking come on several topics. Two batches, of two of those, would wait for each other's bookings
  // crosswise; one event at a time holds one booking.
  batch: false,
  rebuild: {
    tables: ['analytics.changes', 'analytics.payments', 'analytics.bookings'],
    except: ['updated_at'],
  },
  async handle(event, transaction) {
    const saying = sayingOf(event);
    if (!saying) return 'ignored';
    // The booking's row first: it keeps others from the same booking until this is committed.
    await keepBooking(transaction, saying, event.time);
    if (saying.payment) await keepPayment(transaction, saying, saying.payment, event);
    if (saying.change) await keepChange(transaction, saying, saying.change, event);
    if (saying.change || saying.itemId) await tellChanges(transaction, saying.bookingId);
    return 'done';
  },
});
