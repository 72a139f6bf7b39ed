import { Agent, request } from 'node:http';

// Kept alive as a front end does. Not fetch: the driver shares the processor with what it measures, so it is kept light.
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** A call of the REST API. */
export interface Call {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly token: string;
  /** The same for every repetition of this call. */
  readonly key: string;
  readonly body: unknown;
}

/** An answer other than 2xx. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';

  constructor(
    { method, url }: Asked,
    readonly status: number,
    answer: string,
  ) {
    super(`${method} ${url} was answered ${status}: ${answer.slice(0, 500)}`);
  }
}

/** Sends JSON and reads the JSON answer. @throws {NotAnswered} where it is not 2xx */
export function sendJson(call: Call): Promise<unknown> {
  const { token, key, body } = call;
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    authorization: `Bearer ${token}`,
    'idempotency-key': key,
  };
  return ask(call, headers, text);
}

/** Reads a public route's JSON answer. @throws {NotAnswered} where it is not 2xx */
export function getJson(url: string): Promise<unknown> {
  return ask({ method: 'GET', url }, {});
}

type Asked = Pick<Call, 'url'> & { readonly method: 'GET' | Call['method'] };

function ask(
  call: Asked,
  headers: Readonly<Record<string, string | number>>,
  text?: string,
): Promise<unknown> {
  const { method, url } = call;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(JSON.parse(answer));
        else reject(new NotAnswered(call, status, answer));
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close an idle connection just as it is used again; nothing was taken then.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(ask(call, headers, text));
      else reject(error);
    });
    sent.end(text);
  });
}

/** Lets go of idle connections. */
export function closeConnections(): void {
  agent.destroy();
}
