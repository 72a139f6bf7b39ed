import { ANALYTICS_GROUP } from '../../domain/topics';
import { MESSAGES } from '../../platform/messages/table';
import { defineGroup } from '../runner/group';
import { keepBooking, keepChange, keepPayment } from './keep';
import { bookingOf, type Heard, sayingOf } from './saying';
import { tellChanges } from './tell';

const { analyticsReservation: _, analyticsAlert: __, ...heard } = MESSAGES;

/**
 * Counts what is booked, sold, cancelled and paid, each fact once in however many messages it is told, and tells each
 * counted change on `analytics.reservation`.
 */
export const analyticsEngine = defineGroup<Heard>({
  name: ANALYTICS_GROUP,
  topics: heard,
  batch: true,
  rebuild: {
    tables: ['analytics.changes', 'analytics.payments', 'analytics.bookings'],
    except: ['updated_at'],
  },
  inTurn: bookingOf,
  async handle(event, transaction) {
    const saying = sayingOf(event);
    if (!saying) return 'ignored';
    await keepBooking(transaction, saying, event.time);
    if (saying.payment) await keepPayment(transaction, saying, saying.payment, event);
    if (saying.change) await keepChange(transaction, saying, saying.change, event);
    if (saying.change || saying.itemId) await tellChanges(transaction, saying.bookingId);
    return 'done';
  },
});
