import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as Stripe would have got it. */
export interface Asked {
  /** `POST /v1/payment_intents` */
  readonly what: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly key: string | undefined;
}

/** What is answered next: a status and body, or a connection that breaks. */
export type Scripted =
  | { readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> }
  | 'cut';

/** Stands where Stripe's API would be and answers what it is told to, in the shapes that Stripe documents. */
export class ScriptedStripe {
  readonly asked: Asked[] = [];
  private readonly script: { what: RegExp; answer: Scripted }[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScriptedStripe> {
    const server = createServer();
    const scripted = new ScriptedStripe(server);
    server.on('request', (request, response) => {
      void bodyOf(request).then((body) => {
        const path = (request.url ?? '').split('?')[0] ?? '';
        const what = `${request.method} ${path}`;
        scripted.asked.push({
          what,
          fields: Object.fromEntries(new URLSearchParams(body || (request.url ?? '').split('?')[1])),
          key: request.headers['idempotency-key'] as string | undefined,
        });
        const index = scripted.script.findIndex((line) => line.what.test(what));
        const [line] = index < 0 ? [] : scripted.script.splice(index, 1);
        if (line?.answer === 'cut') return request.socket.destroy();
        const { status, body: answer, headers } = line?.answer ?? unscripted(what);
        response.writeHead(status, {
          'content-type': 'application/json',
          'request-id': 'req_test',
          ...headers,
        });
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next request that looks like this gets this answer, once. */
  on(what: RegExp, answer: Scripted): this {
    this.script.push({ what, answer });
    return this;
  }

  /** Forgets what was asked, and what a test that failed left unanswered. */
  reset(): void {
    this.asked.splice(0);
    this.script.splice(0);
  }

  /** What was asked since the last look, in one line each. */
  heard(): string[] {
    return this.asked.splice(0).map(({ what }) => what);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function unscripted(what: string): Exclude<Scripted, 'cut'> {
  return { status: 400, body: { error: { type: 'invalid_request_error', message: `unscripted: ${what}` } } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
