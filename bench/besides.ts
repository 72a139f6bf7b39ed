import { join } from 'node:path';
import { sayOnStderr } from '../scripts/stack/say';
import { timeSkippingServerExecutable } from '../scripts/stack/time-skipping-server';
import { CHANGE_KINDS, type ChangeKind, type Changes, measureChanges } from './changes';
import type { Contender, Ground } from './contender';
import { median, percentile } from './figures';
import { type Live, measureLive } from './live';
import { LONG_STAY, type LongStay, measureLongStays } from './long-stay';
import { measureReads, READS, type Reads } from './reads';

/** What is measured of the product besides its journeys, once the rounds are over. */
export interface Besides {
  readonly reads: Reads;
  readonly changes: Changes;
  readonly live: Live;
  readonly longStays: readonly LongStay[];
}

const WORKFLOWS = join(__dirname, '..', 'workflows', 'index.js');

export async function measureBesides(
  product: Contender,
  ground: Ground,
  signal: AbortSignal,
): Promise<Besides> {
  const reads = await naming('quotes and calendars', () => measureReads(product.url));
  const changes = await naming('changes of reservations', () =>
    measureChanges(product, ground.temporalAddress, signal),
  );
  const live = await naming('live streams', () => measureLive(product.url, signal));
  const longStays = await naming('stays of three months ahead', async () => {
    const executable = await timeSkippingServerExecutable(sayOnStderr, signal);
    return measureLongStays(ground, WORKFLOWS, executable, signal);
  });
  return { reads, changes, live, longStays };
}

/** Says what is measured; an error, too, says in which part of the bench it came up. */
async function naming<Answer>(what: string, measured: () => Promise<Answer>): Promise<Answer> {
  sayOnStderr(`Measuring ${what} …`);
  try {
    return await measured();
  } catch (error) {
    throw new Error(`Measuring ${what} failed: ${(error as Error).message}`, { cause: error });
  }
}

const KIND_LABELS: Readonly<Record<ChangeKind, string>> = {
  'card-saved': 'card saved, nothing held yet',
  held: 'price held, more of it needed',
};

/** A line for each measure. */
export function besidesLines({ reads, changes, live, longStays }: Besides): string[] {
  const typical = (values: readonly number[]) => median(values).toFixed(0);
  return [
    `quote of ${READS.nights} nights p50 / p95: ${both(reads.quoteMs)} ms; ` +
      `a month's calendar of ${READS.rooms} items: ${both(reads.calendarMs)} ms`,
    ...CHANGE_KINDS.map((kind) => {
      const made = changes[kind];
      return (
        `change of a reservation (${KIND_LABELS[kind]}) p50 / p95: ${both(made.map(({ changeMs }) => changeMs))} ms, ` +
        `its create call ${both(made.map(({ createMs }) => createMs))} ms; ` +
        `it adds ${typical(made.map(({ added }) => added.events))} history events, ` +
        `${typical(made.map(({ added }) => added.activities))} activities`
      );
    }),
    `owner's decision, from the click to a screen p50 / p95: ${both(live.shownMs)} ms, ` +
      `to the answer ${both(live.answeredMs)} ms`,
    `stay booked ${LONG_STAY.daysAhead} days ahead, request to settlement: ` +
      `${median(longStays.map(({ seconds }) => seconds)).toFixed(1)} s, ` +
      `${typical(longStays.map(({ events }) => events))} history events, ` +
      `${typical(longStays.map(({ activities }) => activities))} activities`,
  ];
}

function both(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(0)} / ${percentile(values, 0.95).toFixed(0)}`;
}
