import type { Contender } from './contender';
import { median } from './figures';
import type { Load } from './journey';
import { type Measurement, measure, perSecond } from './measure';
import type { BenchOptions } from './options';
import type { BenchServices } from './services';
import type { Wishes } from './stays';

/** What a contender showed, one entry per round. */
export interface Showing {
  readonly contender: Contender;
  readonly singles: Measurement[];
  readonly crowds: Measurement[];
  /** Instant bookings, as many at once. */
  readonly instants: Measurement[];
}

export interface RoundsContext {
  readonly services: BenchServices;
  readonly wishes: Wishes;
  readonly options: BenchOptions;
  /** No round is begun that would end after this; milliseconds of `performance.now()`. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const WARM_UP = { count: 30, atOnce: 10, sale: 'on-request' } as const;

/**
 * Measures all contenders in each round, in turning order, so that what else the machine does meets all of them: only
 * figures of the same round are comparable.
 */
export async function runRounds(
  contenders: readonly Contender[],
  context: RoundsContext,
): Promise<Showing[]> {
  const { services, wishes, options, deadline, signal, say } = context;
  say('Warming up …');
  for (const contender of contenders) await measure(contender, services, wishes, WARM_UP);
  const showings = contenders.map(
    (contender): Showing => ({ contender, singles: [], crowds: [], instants: [] }),
  );
  let longest = 0;
  for (let round = 1; round <= options.rounds; round += 1) {
    const begun = performance.now();
    if (begun + longest > deadline) {
      say(`Stopping after ${round - 1} of ${options.rounds} rounds: the time is up.`);
      break;
    }
    for (const { contender, singles, crowds, instants } of round % 2 === 1
      ? showings
      : showings.toReversed()) {
      signal.throwIfAborted();
      const measured = (load: Load) =>
        measure(contender, services, wishes, load).catch((error: unknown) => {
          const what = `${contender.name}, ${load.sale}, ${load.atOnce} at once`;
          throw new Error(`Measuring ${what} failed: ${(error as Error).message}`, { cause: error });
        });
      const single = await measured({ count: options.singles, atOnce: 1, sale: 'on-request' });
      singles.push(single);
      const many = { count: options.bookings, atOnce: options.concurrency };
      const crowd = await measured({ ...many, sale: 'on-request' });
      crowds.push(crowd);
      const instant = await measured({ ...many, sale: 'instant' });
      instants.push(instant);
      say(
        `Round ${round}/${options.rounds}  ${contender.name.padEnd(24)} ${inShort(single, crowd, instant)}`,
      );
    }
    longest = Math.max(longest, performance.now() - begun);
  }
  return showings;
}

function inShort(single: Measurement, crowd: Measurement, instant: Measurement): string {
  const journey = median(single.journeys.map(({ journeyMs }) => journeyMs));
  const create = median(single.journeys.map(({ createMs }) => createMs));
  return (
    `journey ${journey.toFixed(0)} ms, create ${create.toFixed(0)} ms, ` +
    `${perSecond([crowd]).toFixed(1)} bookings/s, ${perSecond([instant]).toFixed(1)} instant/s`
  );
}
