import type { BookingState } from '../../domain/booking-state';

export const RECIPIENTS = ['traveler', 'owner'] as const;
export type Recipient = (typeof RECIPIENTS)[number];

/** What a mail is about; each is written to both recipients, in words for each: templates/<recipient>/<kind>. */
export const MAIL_KINDS = [
  'requested',
  'accepted',
  'booked',
  'rejected',
  'expired',
  'cancelled',
  'failed',
  'no-show',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** The stays words for where a booking stands. None is taken back: each may only be followed by those behind it. */
export const WORDS = ['PENDING', 'ACCEPTED', 'CANCELLED'] as const;
export type Word = (typeof WORDS)[number];

/** What a message says of a booking, and how its item is booked. */
export interface Told {
  readonly word: Word;
  readonly state: BookingState;
  /** Nobody is asked: from PENDING to ACCEPTED within milliseconds. */
  readonly instant: boolean;
}

export interface PlannedMail {
  readonly recipient: Recipient;
  readonly kind: MailKind;
}

/**
 * The mails that a message calls for: to both, once per change of the word. Not every message changes it: a payment, a
 * confirmation, a check-in leave it ACCEPTED.
 *
 * A booking that nobody decides on is mailed about once it is accepted: a request that has been answered before its mail
 * is read only confuses. For the same reason a request that arrives behind its answer, which may be on another topic,
 * is not mailed.
 * @param known the word that the group had for the booking; undefined where it had none
 */
export function mailsFor(known: Word | undefined, told: Told): readonly PlannedMail[] {
  if (known !== undefined && WORDS.indexOf(told.word) <= WORDS.indexOf(known)) return [];
  if (told.word === 'PENDING' && told.instant) return [];
  const kind = told.word === 'ACCEPTED' && told.instant ? 'booked' : KIND_OF_STATE[told.state];
  return RECIPIENTS.map((recipient) => ({ recipient, kind }));
}

const KIND_OF_STATE: Readonly<Record<BookingState, MailKind>> = {
  PENDING: 'requested',
  ACCEPTED: 'accepted',
  PAYMENT_AUTHORIZED: 'accepted',
  CONFIRMED: 'accepted',
  CHECKED_IN: 'accepted',
  CHECKED_OUT: 'accepted',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
  NO_SHOW: 'no-show',
};
