import { parseArgs } from 'node:util';
import { COMPARISONS } from './comparisons';

/** How much one run measures. */
export interface BenchOptions {
  readonly rounds: number;
  /** Bookings one after the other, per contender and round. */
  readonly singles: number;
  /** Bookings at `concurrency` at once, per contender and round. */
  readonly bookings: number;
  readonly concurrency: number;
  /** Name of what is compared; `product` where the product is measured against the empty saga. */
  readonly compare: string;
  /** Folder with another compiled build, to be measured against this one instead. */
  readonly against?: string | undefined;
  /** Measure the way from the outbox to the groups' views instead. */
  readonly listeners: boolean;
  /** Also print which statements a booking costs. */
  readonly statements: boolean;
  /** Folder for processor profiles of the contenders' processes. */
  readonly profile?: string | undefined;
  /** Where to write the figures besides. */
  readonly json?: string | undefined;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const FULL = { rounds: 10, singles: 8, bookings: 40, concurrency: 20 };
const QUICK = { rounds: 2, singles: 8, bookings: 40, concurrency: 20 };

export const USAGE = `Usage: npm run bench [-- options]

Measures a booking from its create call to CONFIRMED against an empty saga of the same shape, in alternating rounds,
over services of its own; then the product's quotes, calendars, changes, and stays of three months by a clock that skips.
Two to four minutes.

  --rounds N        rounds (${FULL.rounds})
  --singles N       bookings one at a time, per round and contender (${FULL.singles})
  --bookings N      bookings many at once, per round and contender (${FULL.bookings})
  --concurrency N   how many at once (${FULL.concurrency})
  --quick           a rough look: ${QUICK.rounds} rounds of ${QUICK.singles} and ${QUICK.bookings}
  --compare NAME    another comparison than product against empty saga:
${Object.entries(COMPARISONS)
  .map(([name, { about }]) => `                      ${name.padEnd(12)} ${about}`)
  .join('\n')}
  --against DIR     the product against another build of it: DIR is a \`dist\` in a clone with packages installed
  --listeners       instead: from commit to view, relay, consumers, and their coming back after a pause; three minutes
  --statements      also print the database statements of a booking
  --profile DIR     write a processor profile of each process to DIR (slows them down)
  --json FILE       write the figures to FILE
  --help            this text
`;

/** @throws {UsageError} saying which option is wrong */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  const defaults = values.quick ? QUICK : FULL;
  const count = (name: keyof typeof FULL) => {
    const given = values[name];
    if (given === undefined) return defaults[name];
    const number = Number(given);
    if (Number.isInteger(number) && number > 0) return number;
    throw new UsageError(`--${name} is "${given}"; it must be a whole number from 1 on.`);
  };
  const compare = values.compare ?? 'product';
  if (!(compare in COMPARISONS)) {
    throw new UsageError(`--compare is "${compare}"; there are ${Object.keys(COMPARISONS).join(', ')}.`);
  }
  return {
    rounds: count('rounds'),
    singles: count('singles'),
    bookings: count('bookings'),
    concurrency: count('concurrency'),
    compare,
    against: values.against,
    listeners: values.listeners ?? false,
    statements: values.statements ?? false,
    profile: values.profile,
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: text,
        singles: text,
        bookings: text,
        concurrency: text,
        quick: flag,
        compare: text,
        listeners: flag,
        statements: flag,
        against: text,
        profile: text,
        json: text,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
