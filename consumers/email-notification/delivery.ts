import { createHash } from 'node:crypto';
import { type Config, ConfigError } from '../../platform/config';
import { openTransactions, type Transaction, type Transactions } from '../../platform/database/transactions';
import type { Logger } from '../../platform/logger';
import { InfrastructureFailure } from '../runner/classify-failure';
import type { Delivery, Event } from '../runner/group';
import { Permits } from '../runner/permits';
import { devMailbox } from './dev-mailbox';
import type { MailFacts } from './facts';
import type { Mail, MailServer, MailVerdict } from './mail-server';
import type { MailKind, Recipient } from './mails-for';
import { countFromNothing, mailsSettled } from './metrics';
import { smtpServer } from './smtp-server';
import { renderMail } from './templates';

/** Mails under way at a time in this process; each holds a connection of the group's own pool. */
const AT_ONCE = 4;
/** A row is held while its mail is under way, which is longer than any view's transaction may take; milliseconds. */
const ROW_HELD_MS = 90_000;
/** A mail that the server puts off is tried again for so long: who keeps strangers waiting does so for some minutes. */
const DEFERRED_AT_MOST_MS = 15 * 60_000;

interface MailRow {
  readonly booking_id: string;
  readonly word: string;
  readonly recipient: Recipient;
  readonly recipient_id: string;
  readonly kind: MailKind;
  readonly event_id: string;
  readonly facts: MailFacts;
  readonly name: string | null;
  readonly email: string | null;
}
type MailKey = Pick<MailRow, 'booking_id' | 'word' | 'recipient'>;

/** What a mail came to. */
type Settlement =
  | { readonly status: 'sent' | 'no-address' }
  | { readonly status: 'refused'; readonly reason: string };

export interface MailDeliverySettings {
  readonly server: MailServer;
  /** A pool of its own: connections are held for as long as a mail server takes. */
  readonly transactions: Transactions;
  readonly from: string;
  readonly logger: Logger;
  /** Milliseconds, only ever forward. */
  readonly now?: () => number;
}

/**
 * Sends the mails of an event, one by one: each is locked, sent, marked and committed before the next one is begun. Of two
 * processes that have one event in hand, the second waits at the row. What the server answered is kept here until it is
 * committed, so that a mail is repeated only where this process ends between the two, or where no answer came.
 */
export class MailDelivery implements Delivery {
  private readonly permits = new Permits(AT_ONCE);
  /** By message id: answered by the server, and not yet committed. */
  private readonly answered = new Map<string, Settlement>();
  /** By message id: since when the server has put it off. */
  private readonly deferredSince = new Map<string, number>();

  constructor(private readonly settings: MailDeliverySettings) {}

  async deliver({ eventId }: Event): Promise<void> {
    const waiting = await this.settings.transactions.query<MailKey>(
      `SELECT booking_id, word, recipient FROM email_notification.mails
       WHERE event_id = $1 AND status = 'waiting' ORDER BY recipient DESC`,
      [eventId],
    );
    for (const key of waiting) {
      const settlement = await this.permits.using(() =>
        this.settings.transactions.run((transaction) => this.settle(transaction, key)),
      );
      this.answered.delete(messageIdOf(key, this.settings.from));
      if (settlement) this.tell(key, settlement);
    }
  }

  close(): Promise<void> {
    return this.settings.transactions.close();
  }

  /** @returns undefined where somebody else has just settled it */
  private async settle({ query }: Transaction, key: MailKey): Promise<Settlement | undefined> {
    const values = [key.booking_id, key.word, key.recipient];
    const [row] = await query<MailRow>(
      `SELECT m.booking_id, m.word, m.recipient, m.recipient_id, m.kind, m.event_id, m.facts, p.name, p.email
       FROM email_notification.mails m LEFT JOIN booking.people p ON p.id = m.recipient_id
       WHERE m.booking_id = $1 AND m.word = $2 AND m.recipient = $3 AND m.status = 'waiting' FOR UPDATE OF m`,
      values,
    );
    if (!row) return undefined;
    const settlement = await this.send(row);
    await query(
      `UPDATE email_notification.mails SET status = $4, refusal = $5, settled_at = clock_timestamp()
       WHERE booking_id = $1 AND word = $2 AND recipient = $3`,
      [...values, settlement.status, settlement.status === 'refused' ? settlement.reason : null],
    );
    return settlement;
  }

  /** @throws {InfrastructureFailure} where it is to be tried again */
  private async send(row: MailRow): Promise<Settlement> {
    const { server, from } = this.settings;
    const messageId = messageIdOf(row, from);
    const known = this.answered.get(messageId);
    if (known) return known;
    const address = row.email ?? server.addressOf?.(row.recipient_id);
    if (!address) return { status: 'no-address' };
    const to = { name: row.name ?? '', address };
    const settlement = this.settlementOf(
      messageId,
      await server.send({ messageId, from, to, ...renderMail(row, { ...row.facts, name: row.name }) }),
    );
    this.answered.set(messageId, settlement);
    return settlement;
  }

  private settlementOf(messageId: Mail['messageId'], verdict: MailVerdict): Settlement {
    switch (verdict.kind) {
      case 'sent':
        this.deferredSince.delete(messageId);
        return { status: 'sent' };
      case 'deferred': {
        const now = this.settings.now?.() ?? performance.now();
        const since = this.deferredSince.get(messageId) ?? now;
        this.deferredSince.set(messageId, since);
        if (now - since < DEFERRED_AT_MOST_MS) throw new InfrastructureFailure(`put off: ${verdict.reason}`);
        this.deferredSince.delete(messageId);
        return { status: 'refused', reason: `put off for too long: ${verdict.reason}` };
      }
      case 'refused':
        return { status: 'refused', reason: verdict.reason };
      default:
        return verdict satisfies never;
    }
  }

  private tell({ booking_id: bookingId, word, recipient }: MailKey, settlement: Settlement): void {
    mailsSettled.inc({ outcome: settlement.status });
    const about = { bookingId, word, recipient, ...settlement };
    if (settlement.status === 'refused')
      this.settings.logger.warn({ alert: 'mail-refused', ...about }, 'a mail was refused');
    else this.settings.logger.debug(about, 'a mail was settled');
  }
}

/** Says nothing of whom it is for, and is the same whenever this mail is sent. */
function messageIdOf({ booking_id, word, recipient }: MailKey, from: string): string {
  const hash = createHash('sha256').update(`${booking_id} ${word} ${recipient}`).digest('hex').slice(0, 32);
  return `<${hash}@${from.replace(/>$/, '').split('@').at(-1)}>`;
}

/** @throws {ConfigError} in production without a mail server */
export function openMailDelivery(config: Config, logger: Logger): Delivery {
  requireMailSettings(config);
  countFromNothing();
  const transactions = openTransactions({
    url: config.DATABASE_URL,
    applicationName: 'booking-saga mail',
    // Besides the rows that are held: what looks for mails, and what the development mailbox writes.
    poolSize: AT_ONCE + 2,
    timeoutMs: ROW_HELD_MS,
  });
  const server = config.SMTP_URL ? smtpServer(config.SMTP_URL) : devMailbox(transactions);
  return new MailDelivery({ server, transactions, from: config.MAIL_FROM, logger });
}

function requireMailSettings({ NODE_ENV, SMTP_URL, MAIL_FROM }: Config): void {
  if (NODE_ENV !== 'production') return;
  const missing = [
    ...(SMTP_URL === undefined ? ['SMTP_URL'] : []),
    ...(MAIL_FROM.includes('@localhost') ? ['MAIL_FROM'] : []),
  ];
  if (missing.length === 0) return;
  throw new ConfigError(
    `${missing.join(' and ')}: email-notification-group needs it in production. Set it, or name the other groups in CONSUMER_GROUPS.`,
  );
}
