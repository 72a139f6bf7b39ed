import { Agent, request } from 'node:http';

// Kept alive as a front end does. Not fetch: the driver shares the processor with what it measures, so it is kept light.
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Sends JSON and reads the JSON answer. @throws {Error} with the answer where it is not 2xx */
export function sendJson(
  method: 'POST' | 'PUT',
  url: string,
  token: string,
  body: unknown,
): Promise<unknown> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method,
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          authorization: `Bearer ${token}`,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(JSON.parse(answer));
          else reject(new Error(`${method} ${url} was answered ${status}: ${answer.slice(0, 500)}`));
        });
      },
    );
    call.on('error', reject);
    call.end(text);
  });
}

/** Lets go of idle connections. */
export function closeConnections(): void {
  agent.destroy();
}
