import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 50;
/** Below jest's own limit, which would not say what was waited for. */
const LIMIT_MS = 50_000;

/**
 * Looks again and again, until what it sees is as wanted.
 * @throws {Error} holding what was seen last, after `limitMs`
 */
export async function until<Seen>(
  look: () => Seen | Promise<Seen>,
  wanted: (seen: Seen) => boolean,
  limitMs: number = LIMIT_MS,
): Promise<Seen> {
  const limit = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (performance.now() > limit) {
      throw new Error(`not within ${limitMs} ms: ${wanted}; last seen: ${JSON.stringify(seen)}`);
    }
    await sleep(PAUSE_MS);
  }
}
