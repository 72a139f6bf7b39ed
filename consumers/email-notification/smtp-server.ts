import { createTransport } from 'nodemailer';
import type { MailServer } from './mail-server';
import { smtpFailure } from './smtp-failure';

/** One mail is sent or given up within this, milliseconds: a process that drains is given 40 s. */
const SEND_MS = 30_000;
const CONNECT_MS = 10_000;
/** The longest that nothing is heard, milliseconds. */
const SILENT_MS = 15_000;

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
