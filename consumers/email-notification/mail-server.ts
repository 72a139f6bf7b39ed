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
