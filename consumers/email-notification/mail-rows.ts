import type { Transaction, Transactions } from '../../platform/database/transactions';
import type { MailFacts } from './facts';
import { type MailKind, type Recipient, WORDS } from './mails-for';

export interface MailRow {
  readonly booking_id: string;
  readonly word: string;
  readonly recipient: Recipient;
  readonly recipient_id: string;
  readonly kind: MailKind;
  readonly facts: MailFacts;
  readonly name: string | null;
  readonly email: string | null;
  /** For how long the server has put it off, milliseconds; 0 where it has not. */
  readonly deferred_ms: number;
  /** Whether a mail of an earlier word of the same booking, to the same recipient, is still to be sent. */
  readonly is_behind: boolean;
}
export type MailKey = Pick<MailRow, 'booking_id' | 'word' | 'recipient'>;

/** What a mail came to. */
export type Settlement =
  | { readonly status: 'sent' | 'no-address' }
  | { readonly status: 'refused'; readonly reason: string };

/** A mail that is to be taken up by itself later on. */
export interface Postponement {
  readonly status: 'waiting';
  /** In the server's words; null where it was not asked. */
  readonly reason: string | null;
  readonly inMs: number;
  /** Whether the time counts after which the mail is given up. */
  readonly counts: boolean;
}

const WORD_ORDER = `ARRAY['${WORDS.join("', '")}']`;
/** Of rows `m`. */
const IS_BEHIND = `EXISTS (
  SELECT FROM email_notification.mails earlier
  WHERE earlier.booking_id = m.booking_id AND earlier.recipient = m.recipient AND earlier.status = 'waiting'
    AND array_position(${WORD_ORDER}, earlier.word) < array_position(${WORD_ORDER}, m.word))`;
const SELECT_ROW = `
  SELECT m.booking_id, m.word, m.recipient, m.recipient_id, m.kind, m.facts, p.name, p.email,
         COALESCE(extract(epoch FROM clock_timestamp() - m.deferred_since) * 1000, 0)::float8 AS deferred_ms,
         ${IS_BEHIND} AS is_behind
  FROM email_notification.mails m LEFT JOIN booking.people p ON p.id = m.recipient_id`;

/** The mails that an event called for and that are yet to be sent with it; the traveler's comes first. */
export function mailsOfEvent({ query }: Transactions, eventId: string): Promise<MailKey[]> {
  return query<MailKey>(
    `SELECT booking_id, word, recipient FROM email_notification.mails
     WHERE event_id = $1 AND status = 'waiting' AND next_try_at IS NULL ORDER BY recipient DESC`,
    [eventId],
  );
}

/** Locks a mail that is to be sent with its event, waiting for whoever has it. @returns undefined where it is done with */
export async function lockMail({ query }: Transaction, key: MailKey): Promise<MailRow | undefined> {
  const [row] = await query<MailRow>(
    `${SELECT_ROW}
     WHERE m.booking_id = $1 AND m.word = $2 AND m.recipient = $3 AND m.status = 'waiting' AND m.next_try_at IS NULL
     FOR UPDATE OF m`,
    [key.booking_id, key.word, key.recipient],
  );
  return row;
}

/** Locks the mail that has been due for the longest time, of those nobody has locked and that are behind none. */
export async function lockDueMail({ query }: Transaction): Promise<MailRow | undefined> {
  const [row] = await query<MailRow>(
    `${SELECT_ROW}
     WHERE m.status = 'waiting' AND m.next_try_at <= clock_timestamp() AND NOT ${IS_BEHIND}
     ORDER BY m.next_try_at LIMIT 1 FOR UPDATE OF m SKIP LOCKED`,
  );
  return row;
}

export async function markSettled(
  { query }: Transaction,
  key: MailKey,
  settlement: Settlement,
): Promise<void> {
  await query(
    `UPDATE email_notification.mails SET status = $4, refusal = $5, settled_at = clock_timestamp()
     WHERE booking_id = $1 AND word = $2 AND recipient = $3`,
    [
      ...[key.booking_id, key.word, key.recipient, settlement.status],
      settlement.status === 'refused' ? settlement.reason : null,
    ],
  );
}

export async function markPostponed({ query }: Transaction, key: MailKey, to: Postponement): Promise<void> {
  await query(
    `UPDATE email_notification.mails SET refusal = COALESCE($4, refusal),
       next_try_at = clock_timestamp() + $5 * interval '1 millisecond',
       deferred_since = CASE WHEN $6 THEN COALESCE(deferred_since, clock_timestamp()) ELSE deferred_since END
     WHERE booking_id = $1 AND word = $2 AND recipient = $3`,
    [key.booking_id, key.word, key.recipient, to.reason, to.inMs, to.counts],
  );
}
