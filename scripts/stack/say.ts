/** One line for the person at the terminal. On stderr, so that a command's own output stays clean. */
export type Say = (line: string) => void;

export const sayOnStderr: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

const PROGRESS_EVERY_MS = 10_000;

/** Tells every few seconds that `work` is still going on, and for how long already. */
export async function withProgress<T>(what: string, say: Say, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`${what} …`);
  const timer = setInterval(() => say(`${what} … ${seconds()} s`), PROGRESS_EVERY_MS);
  try {
    const result = await work();
    say(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
