import type { Besides } from './besides';
import type { ChangeKind } from './changes';
import { median, percentile } from './figures';
import type { ListenerFigures } from './listeners/figures';
import { LONG_STAY } from './long-stay';
import { READS } from './reads';
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
    about: "instant bookings a second, in the empty saga's",
    limit: 0.7,
    sense: 'at least',
    reached: (product, empty) => ratio(FIGURES.instantPerSecond, product, empty).middle,
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

/** What is measured of the product by itself. */
const BESIDES_AIMS: readonly (Limit & { readonly reached: (besides: Besides) => number })[] = [
  {
    about: `quote of ${READS.nights} nights p95, ms`,
    limit: 20,
    sense: 'at most',
    reached: ({ reads }) => percentile(reads.quoteMs, 0.95),
  },
  {
    about: `a month's calendar of ${READS.rooms} items p95, ms`,
    limit: 50,
    sense: 'at most',
    reached: ({ reads }) => percentile(reads.calendarMs, 0.95),
  },
  {
    about: 'change with nothing held yet p50, in its create call',
    limit: 1.5,
    sense: 'at most',
    reached: (besides) => changeInCreate(besides, 'card-saved'),
  },
  {
    about: 'change that takes another hold p50, in its create call',
    limit: 2,
    sense: 'at most',
    reached: (besides) => changeInCreate(besides, 'held'),
  },
  {
    about: "an owner's decision on a screen p95, ms",
    limit: 1000,
    sense: 'at most',
    reached: ({ live }) => percentile(live.shownMs, 0.95),
  },
  {
    // domain/change.ts counts on some twenty where it allows ten changes.
    about: 'history events of a change, whichever kind takes more',
    limit: 24,
    sense: 'at most',
    reached: ({ changes }) =>
      Math.max(...Object.values(changes).map((made) => median(made.map(({ added }) => added.events)))),
  },
  {
    about: `history events of a stay booked ${LONG_STAY.daysAhead} days ahead, up to settlement`,
    limit: 80,
    sense: 'at most',
    reached: ({ longStays }) => median(longStays.map(({ events }) => events)),
  },
  {
    about: `a stay booked ${LONG_STAY.daysAhead} days ahead with time skipped, s`,
    limit: 5,
    sense: 'at most',
    reached: ({ longStays }) => median(longStays.map(({ seconds }) => seconds)),
  },
];

/** What the way from the outbox to the groups' views is to reach. */
const LISTENER_AIMS: readonly (Limit & { readonly reached: (figures: ListenerFigures) => number })[] = [
  {
    about: 'commit to view p95, ms',
    limit: 300,
    sense: 'at most',
    reached: ({ commitToViewMs }) => percentile(commitToViewMs, 0.95),
  },
  {
    about: 'facts a second through the relay',
    limit: 3_000,
    sense: 'at least',
    reached: ({ relayPerSecond }) => relayPerSecond,
  },
  {
    about: 'messages a second of one consumer, many to a transaction',
    limit: 2_000,
    sense: 'at least',
    reached: ({ consumerPerSecond }) => consumerPerSecond.batch,
  },
  {
    about: 'messages a second of one consumer, one by one',
    limit: 300,
    sense: 'at least',
    reached: ({ consumerPerSecond }) => consumerPerSecond.single,
  },
  {
    about: 'seconds until nothing is unsettled, after a minute away',
    limit: 60,
    sense: 'at most',
    reached: ({ caughtUpSeconds }) => caughtUpSeconds,
  },
];

/** Of the same reservations, in the same run. */
function changeInCreate({ changes }: Besides, kind: ChangeKind): number {
  const made = changes[kind];
  const middle = (of: (change: (typeof made)[number]) => number) => percentile(made.map(of), 0.5);
  return middle(({ changeMs }) => changeMs) / middle(({ createMs }) => createMs);
}

export function judge(product: Showing, empty: Showing, events: number): Judgement[] {
  return AIMS.map((aim) => judged(aim, aim.reached(product, empty, events)));
}

export function judgeBesides(besides: Besides): Judgement[] {
  return BESIDES_AIMS.map((aim) => judged(aim, aim.reached(besides)));
}

export function judgeListeners(figures: ListenerFigures): Judgement[] {
  return LISTENER_AIMS.map((aim) => judged(aim, aim.reached(figures)));
}

function judged({ about, limit, sense }: Limit, reached: number): Judgement {
  const met = sense === 'at most' ? reached <= limit : reached >= limit;
  const off = (Math.abs(reached / limit - 1) * 100).toFixed(0);
  const verdict = met ? 'met' : `missed by ${off} %`;
  const shown = limit < 10 ? reached.toFixed(2) : reached.toFixed(0);
  return { about, limit, reached, met, text: `${about}: ${shown}, aim ${sense} ${limit}: ${verdict}` };
}
