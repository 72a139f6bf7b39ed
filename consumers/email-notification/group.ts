import type { CalendarDate } from '../../domain/stay-dates';
import type { Transaction } from '../../platform/database/transactions';
import { MESSAGES, type MessageOn } from '../../platform/messages/table';
import { defineGroup, type Event } from '../runner/group';
import { lookUp } from '../view/standing';
import { type BookingRow, bookingRow } from './booking-row';
import { type BookingTold, type MailFacts, mailFacts, priceTold } from './facts';
import { mailsFor, type PlannedMail, type Told, type Word } from './mails-for';
import { openMailDelivery } from './open-delivery';

const TABLE = 'email_notification.bookings';

type MailEvent =
  | Event<'bookingRequests', MessageOn<'bookingRequests'>>
  | Event<'bookingUpdates', MessageOn<'bookingUpdates'>>;

/**
 * Mails traveler and owner, once per change of the word. The handler writes down which mails there are to be, in the
 * event's transaction; the delivery then sends them one by one.
 */
export const emailNotification = defineGroup({
  name: 'email-notification-group',
  topics: { bookingRequests: MESSAGES.bookingRequests, bookingUpdates: MESSAGES.bookingUpdates },
  batch: false,
  rebuild: { never: 'its tables are the record of which mails were sent' },
  openDelivery: openMailDelivery,
  async handle(event, transaction) {
    const { topic, message, time } = event;
    const { bookingId, sequence, status, state } = message;
    const { standing, seen } = await lookUp(transaction, { table: TABLE, topic, bookingId, sequence });
    if (standing !== 'newest') return 'ignored';
    const row = await bookingRow(transaction, bookingId, time);
    if (!row) return { park: `there is no booking ${bookingId}` };
    const known = await noteWord(transaction, bookingId, status, seen);
    const told: Told = { word: status, state, instant: row.instant };
    const mails = row.before_begun ? [] : mailsFor(known, told);
    if (mails.length === 0) return 'ignored';
    const facts = mailFacts(bookingTold(event, row));
    for (const mail of mails) await writeDown(transaction, event, mail, facts);
    return 'done';
  },
});

/** @returns the word that was known before */
async function noteWord(
  { query }: Transaction,
  bookingId: string,
  word: Word,
  seen: object,
): Promise<Word | undefined> {
  const [row] = await query<{ known: Word | null }>(
    `WITH before AS (SELECT word FROM ${TABLE} WHERE booking_id = $1)
     INSERT INTO ${TABLE} (booking_id, word, seen) VALUES ($1, $2, $3)
     ON CONFLICT (booking_id) DO UPDATE SET word = EXCLUDED.word, seen = EXCLUDED.seen
     RETURNING (SELECT word FROM before) AS known`,
    [bookingId, word, seen],
  );
  return row?.known ?? undefined;
}

/** What the message carries is taken from it, and the rest from the booking's row. */
function bookingTold(event: MailEvent, row: BookingRow): BookingTold {
  const common = {
    reference: row.reference,
    itemKind: row.item_kind,
    timeZone: row.time_zone,
    decideBy: row.decide_by,
    payBy: row.pay_by,
  };
  if (event.topic === 'bookingRequests') {
    const { propertyName, checkIn, checkOut, guests, totalPrice } = event.message;
    return {
      ...common,
      item: propertyName,
      start: dateOf(checkIn),
      end: dateOf(checkOut),
      guests,
      price: priceTold(totalPrice, row.currency),
    };
  }
  const { item, start, end, guests, currency } = row;
  const { reason, updatedBy } = event.message;
  return { ...common, item, start, end, guests, price: { amount: row.price, currency }, reason, updatedBy };
}

/** Of a date at midnight UTC, as its schema has made sure. */
function dateOf(midnight: string): CalendarDate {
  return midnight.slice(0, 10) as CalendarDate;
}

/** The key is booking, word and recipient: what has been written down once is not written down again. */
async function writeDown(
  { query }: Transaction,
  { eventId, message }: MailEvent,
  { recipient, kind }: PlannedMail,
  facts: MailFacts,
): Promise<void> {
  const recipientId = recipient === 'traveler' ? message.travelerId : message.ownerId;
  await query(
    `INSERT INTO email_notification.mails (booking_id, word, recipient, recipient_id, kind, event_id, facts)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [message.bookingId, message.status, recipient, recipientId, kind, eventId, facts],
  );
}
