import type { Showing } from './rounds';
import { FIGURES, overall, ratio } from './summary';

/** What the product is to reach, measured against the empty saga of the same run. */
interface Aim {
  readonly about: string;
  readonly limit: number;
  readonly sense: 'at most' | 'at least';
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

export function judge(product: Showing, empty: Showing, events: number): Judgement[] {
  return AIMS.map(({ about, limit, sense, reached: figure }) => {
    const reached = figure(product, empty, events);
    const met = sense === 'at most' ? reached <= limit : reached >= limit;
    const off = (Math.abs(reached / limit - 1) * 100).toFixed(0);
    const verdict = met ? 'met' : `missed by ${off} %`;
    const shown = limit < 10 ? reached.toFixed(2) : reached.toFixed(0);
    return { about, limit, reached, met, text: `${about}: ${shown}, aim ${sense} ${limit}: ${verdict}` };
  });
}
