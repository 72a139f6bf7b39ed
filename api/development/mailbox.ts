import type { Database } from '../../platform/database/client';

/** A mail as a list shows it. */
export interface MailLine {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** ISO 8601 UTC. */
  readonly sentAt: string;
}

export interface MailShown extends MailLine {
  readonly from: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
}

interface Row {
  readonly id: string;
  readonly message_id: string;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly sent_at: Date;
}

const SHOWN_AT_MOST = 100;

/** The newest mails of the development mailbox, newest first. */
export async function newestMails(database: Database): Promise<MailLine[]> {
  const rows = await database.$queryRaw<Row[]>`
    SELECT id::text, message_id, sender, recipient, subject, sent_at FROM email_notification.dev_mailbox
    ORDER BY dev_mailbox.id DESC LIMIT ${SHOWN_AT_MOST}`;
  return rows.map(lineOf);
}

export async function findMail(database: Database, id: string): Promise<MailShown | undefined> {
  const [row] = await database.$queryRaw<(Row & { body_text: string; body_html: string })[]>`
    SELECT id::text, message_id, sender, recipient, subject, sent_at, body_text, body_html
    FROM email_notification.dev_mailbox WHERE id = ${id}::bigint`;
  if (!row) return undefined;
  const { sender: from, message_id: messageId, body_text: text, body_html: html } = row;
  return { ...lineOf(row), from, messageId, text, html };
}

function lineOf({ id, recipient: to, subject, sent_at }: Row): MailLine {
  return { id, to, subject, sentAt: sent_at.toISOString() };
}
