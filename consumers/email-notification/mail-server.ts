import { createTransport } from 'nodemailer';
import { smtpFailure } from './smtp-failure';

/** A mail, ready to go. Not to be logged: it names people. */
export interface Mail {
  /** The same whenever this mail is sent, so that whoever gets it twice can tell. */
  readonly messageId: string;
  readonly from: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * What a mail server makes of a mail.
 * - `sent`: it has taken it over
 * - `refused`: it never will
 * - `deferred`: not now, for a reason of this mail's own, such as a mailbox that is full or a stranger to be kept waiting
 */
export type MailVerdict =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused' | 'deferred'; readonly reason: string };

export interface MailServer {
  /** @throws {InfrastructureFailure} where it is away, or sends no mail of ours at all */
  send(mail: Mail): Promise<MailVerdict>;
  /** Of a mailbox that gets everything: where mails go to somebody whose address is not known. */
  addressOf?(id: string): string;
}

/** One mail is sent or given up within this, milliseconds; the longest that nothing was heard is shorter. */
const SEND_MS = 45_000;
const CONNECT_MS = 10_000;
const SILENT_MS = 20_000;

/** A server spoken to by SMTP, with a connection for each mail: none of them is lost to one that went stale. */
export function smtpServer(url: string): MailServer {
  const transport = createTransport({
    url,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: SILENT_MS,
    socketTimeout: SILENT_MS,
    dnsTimeout: CONNECT_MS,
  });
  return {
    async send({ messageId, from, to, subject, text, html }) {
      const signal = AbortSignal.timeout(SEND_MS);
      const headers = { 'Auto-Submitted': 'auto-generated' };
      try {
        await transport.sendMail({ messageId, from, to, subject, text, html, headers, signal });
        return { kind: 'sent' };
      } catch (error) {
        return smtpFailure(error, to.address);
      }
    },
  };
}
