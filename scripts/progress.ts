const EVERY_MS = 1_000;

/**
 * Says how far a command has come, once a second at most, on stderr: what it found stays alone on stdout.
 * @param say tests look at it
 */
export function progress(
  what: string,
  say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): (done: number) => void {
  let saidAt = performance.now();
  return (done) => {
    if (performance.now() - saidAt < EVERY_MS) return;
    saidAt = performance.now();
    say(`${done} ${what} …`);
  };
}
