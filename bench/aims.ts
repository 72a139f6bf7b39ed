import { percentile } from './figures';
import { READS, type Reads } from './reads';
import type { Showing } from './rounds';
import { FIGURES, overall, ratio } from './summary';

interface Limit {
  readonly about: string;
  readonly limit: number;
  readonly sense: 'at most' | 'at least';
}

/** What the product is to reach, measured against the empty saga of the same run. */
interface Aim extends Limit {
  readonly reached: (product: Showing, empty: Showing, events: number) => number;
}

const AIMS: readonly Aim[] = [
  {
    about: "journey, in the empty saga's",
    limit: 1.5,
    sense: 'at most',
    reached: (product, empty) => ratio(FIGURES.journeyP50, product, empty).middle,
  },
  {
    about: "bookings a second, in the empty saga's",
    limit: 0.7,
    sense: 'at least',
    reached: (product, empty) => ratio(FIGURES.perSecond, product, empty).middle,
  },
  {
    about: 'create call p95, one at a time, ms',
    limit: 100,
    sense: 'at most',
    reached: (product) => overall(FIGURES.createP95, product),
  },
  {
    about: 'history events up to CONFIRMED',
    limit: 32,
    sense: 'at most',
    reached: (_product, _empty, events) => events,
  },
];

/** An aim, and how it went. */
export interface Judgement {
  readonly about: string;
  readonly limit: number;
  readonly reached: number;
  readonly met: boolean;
  readonly text: string;
}

/** What reading is to reach, by itself. */
const READ_AIMS: readonly (Limit & { readonly reached: (reads: Reads) => number })[] = [
  {
    about: `quote of ${READS.nights} nights p95, ms`,
    limit: 20,
    sense: 'at most',
    reached: ({ quoteMs }) => percentile(quoteMs, 0.95),
  },
  {
    about: `a month's calendar of ${READS.rooms} items p95, ms`,
    limit: 50,
    sense: 'at most',
    reached: ({ calendarMs }) => percentile(calendarMs, 0.95),
  },
];

export function judge(product: Showing, empty: Showing, events: number): Judgement[] {
  return AIMS.map((aim) => judged(aim, aim.reached(product, empty, events)));
}

export function judgeReads(reads: Reads): Judgement[] {
  return READ_AIMS.map((aim) => judged(aim, aim.reached(reads)));
}

function judged({ about, limit, sense }: Limit, reached: number): Judgement {
  const met = sense === 'at most' ? reached <= limit : reached >= limit;
  const off = (Math.abs(reached / limit - 1) * 100).toFixed(0);
  const verdict = met ? 'met' : `missed by ${off} %`;
  const shown = limit < 10 ? reached.toFixed(2) : reached.toFixed(0);
  return { about, limit, reached, met, text: `${about}: ${shown}, aim ${sense} ${limit}: ${verdict}` };
}
