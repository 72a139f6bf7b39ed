import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A reply of its own instead of 250. */
type Reply = readonly [code: number, words: string];

/** A mail server on this machine, at one address for as long as a test lasts, whether it is up or not. */
export class MailHost {
  /** What it has taken over: `<recipient>` and the mail as it came over the wire. */
  readonly taken: { readonly to: string; readonly raw: string }[] = [];
  /** What it says at RCPT TO, by address; each is said once. */
  readonly atRecipient = new Map<string, Reply[]>();
  /** Held up before it answers that it has taken a mail over. */
  beforeAnswer: () => Promise<void> = async () => undefined;
  /** Who may log in; undefined: nobody needs to. */
  password: string | undefined;
  private port = 0;
  private server: SMTPServer | undefined;

  static async start(): Promise<MailHost> {
    const host = new MailHost();
    await host.up();
    return host;
  }

  get url(): string {
    return `smtp://mailer:secret@127.0.0.1:${this.port}`;
  }

  to(address: string): string[] {
    return this.taken.filter(({ to }) => to === address).map(({ raw }) => raw);
  }

  async up(): Promise<void> {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: ({ password }, _session, done) =>
        this.password === undefined || password === this.password
          ? done(null, { user: 'mailer' })
          : done(new Error('wrong password')),
      onRcptTo: ({ address }, _session, done) => {
        const reply = this.atRecipient.get(address)?.shift();
        done(reply && Object.assign(new Error(reply[1]), { responseCode: reply[0] }));
      },
      onData: (stream, session, done) => {
        let raw = '';
        stream.on('data', (chunk: Buffer) => {
          raw += chunk.toString();
        });
        stream.on('end', () => {
          for (const { address } of session.envelope.rcptTo) this.taken.push({ to: address, raw });
          this.beforeAnswer().then(() => done(), done);
        });
      },
    });
    server.on('error', () => undefined); // a client that hangs up is no affair of the test's
    server.listen(this.port, '127.0.0.1');
    await once(server.server, 'listening');
    this.port = (server.server.address() as AddressInfo).port;
    this.server = server;
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
