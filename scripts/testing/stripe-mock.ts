import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder } from '../stack/folders';
import { findGo, goInstall } from '../stack/go';
import { type ObtainOptions, obtain, UnobtainableError } from '../stack/obtain';
import { findOnPath } from '../stack/run-tool';
import type { Say } from '../stack/say';

/** The newest release; it knows Stripe's API of August 2026. */
const VERSION = 'v0.203.0';
const START_MS = 15_000;
/** Without ports, so that the system chooses them. HTTPS too: unless told, it takes 12112, which another run may have. */
const LISTEN = ['-http-addr', '127.0.0.1:', '-https-addr', '127.0.0.1:'];

/** Stripe's own stand-in for its API, for the length of one test run. */
export interface StripeMock {
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/**
 * Starts stripe-mock, which refuses every request that Stripe's API would not take: the one at STRIPE_MOCK_URL, from
 * PATH, from the cache, or built with Go. Where none can be had the run goes on, and the tests that need it fail by
 * STRIPE_MOCK_MISSING.
 */
export async function startStripeMock(say: Say, signal: AbortSignal): Promise<StripeMock> {
  if (process.env.STRIPE_MOCK_URL) return { environment: {}, stop: () => undefined };
  try {
    const program = await stripeMockProgram({ cache: cacheFolder(), say, signal });
    const child = spawn(program, LISTEN, { stdio: ['ignore', 'pipe', 'pipe'] });
    const address = await untilListening(child, signal);
    return {
      environment: { STRIPE_MOCK_URL: `http://${address}` },
      stop: () => void child.kill('SIGTERM'),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    const why = (error as Error).message;
    say(`No stripe-mock: ${why}. The tests of Stripe's requests will fail.`);
    return { environment: { STRIPE_MOCK_MISSING: why }, stop: () => undefined };
  }
}

async function stripeMockProgram(options: ObtainOptions): Promise<string> {
  const onPath = findOnPath('stripe-mock');
  if (onPath) return onPath;
  const folder = await obtain(
    `stripe-mock-${VERSION}`,
    'Building stripe-mock',
    options,
    async (unfinished) => {
      const go = findGo();
      if (!go) {
        throw new UnobtainableError(
          'there is no `stripe-mock` on PATH and no Go to build it with. Install Go, or stripe-mock ' +
            '(https://github.com/stripe/stripe-mock), or set STRIPE_MOCK_URL',
        );
      }
      await goInstall(go, `github.com/stripe/stripe-mock@${VERSION}`, unfinished, options.signal);
    },
  );
  return join(folder, 'stripe-mock');
}

/** It says on stdout when it listens, and where. */
function untilListening(child: ChildProcess, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`stripe-mock ${why}: ${said.trim().slice(-300)}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), START_MS);
    const interrupted = () => fail('was interrupted');
    signal.addEventListener('abort', interrupted, { once: true });
    const hear = (bytes: Buffer) => {
      said += bytes;
      const address = /Listening for HTTP at address: (\S+)\n/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupted);
      resolve(address);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('error', ({ message }) => fail(message));
    child.on('exit', (code) => fail(`ended with ${code}`));
  });
}
