/** One Ctrl-C arrives several times: from the terminal, from npm, and from run.mjs which passes it on. */
const SAME_PRESS_MS = 500;

/**
 * Turns the first request to end this process into an abort.
 * @param force what to do at the second one, before the process exits.
 */
export function onInterruption(say: (line: string) => void, force: () => void): AbortSignal {
  const interrupted = new AbortController();
  let first = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!interrupted.signal.aborted) {
        first = Date.now();
        say(`\n${signal}: finishing what is in hand. Once more to end at once.`);
        interrupted.abort(new InterruptedError(`Ended by ${signal}.`));
      } else if (Date.now() - first > SAME_PRESS_MS) {
        say('Ending at once.');
        force();
        process.exit(130);
      }
    });
  }
  return interrupted.signal;
}

/** Somebody asked this process to end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
