import type { Transactions } from '../../platform/database/transactions';
import type { MailServer } from './mail-server';

/** In development without a mail server: a mailbox for everybody's mail, shown at `/dev/mails`. */
export function devMailbox(transactions: Transactions): MailServer {
  return {
    async send({ messageId, from, to, subject, text, html }) {
      await transactions.query(
        `INSERT INTO email_notification.dev_mailbox (message_id, sender, recipient, subject, body_text, body_html)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message_id) DO NOTHING`,
        [messageId, from, `${to.name} <${to.address}>`.trim(), subject, text, html],
      );
      return { kind: 'sent' };
    },
    addressOf: (id) => `${id}@mailbox.invalid`,
  };
}
