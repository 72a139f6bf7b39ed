import { InfrastructureFailure } from '../runner/classify-failure';
import type { MailVerdict } from './mail-server';

/** What nodemailer says of a mail that was not sent. */
interface SmtpError extends Error {
  readonly code?: string;
  /** What it was about: an SMTP command, `CONN`, or `API` where the server was not asked. */
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** The steps at which a server speaks of this one mail. Before them it speaks of us: our name, our password, our sender. */
const OF_THE_MAIL: readonly unknown[] = ['RCPT TO', 'DATA'];
/** Replies that speak of the connection wherever they come. Source: RFC 5321, 4.2.2; RFC 4954, 6. */
const OF_THE_CONNECTION: readonly unknown[] = [421, 530, 534, 535, 538];

/**
 * Tells a mail that the server will not have from a server that sends no mails. A wrong password or a sender that it does
 * not know would fail every mail, so they count as infrastructure, and nothing is lost until somebody puts them right.
 * @throws {InfrastructureFailure}
 */
export function smtpFailure(error: unknown, address: string): MailVerdict {
  // Whatever it is, it came from sending: an error of the network that is no Error of this realm's is one as well.
  const { code, command, responseCode, response, message } = error as Partial<SmtpError>;
  const reason = withoutAddresses(response ?? message ?? String(error), address)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
  if (
    OF_THE_MAIL.includes(command) &&
    responseCode !== undefined &&
    !OF_THE_CONNECTION.includes(responseCode)
  ) {
    return { kind: responseCode >= 500 ? 'refused' : 'deferred', reason };
  }
  // Nodemailer itself would not hand it over: no address, or one that is none.
  if (command === 'API' && (code === 'EENVELOPE' || code === 'EMESSAGE')) return { kind: 'refused', reason };
  throw new InfrastructureFailure(`the mail server: ${reason}`, { cause: error });
}

/**
 * Servers repeat the address in what they say, in letters of their own, and name the one that a mail was forwarded to;
 * and this is kept. Whatever looks like an address goes.
 */
function withoutAddresses(words: string, address: string): string {
  const literally = address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return words
    .replace(new RegExp(literally, 'gi'), '<address>')
    .replace(/[^\s<>()[\]"',;:]+@[^\s<>()"',;:]+/g, '<address>');
}
