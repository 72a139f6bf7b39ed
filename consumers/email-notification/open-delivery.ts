import { type Config, ConfigError } from '../../platform/config';
import { openTransactions } from '../../platform/database/transactions';
import type { Logger } from '../../platform/logger';
import type { Delivery } from '../runner/group';
import { AT_ONCE, MailDelivery } from './delivery';
import { devMailbox } from './dev-mailbox';
import { countFromNothing } from './metrics';
import { smtpServer } from './smtp-server';

/** A row is held while its mail is under way, which is longer than any view's transaction may take; milliseconds. */
const ROW_HELD_MS = 90_000;

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
