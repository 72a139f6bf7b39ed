import { setTimeout as sleep } from 'node:timers/promises';
import type { ReasonCode } from '../../domain/booking';
import type { BookingState } from '../../domain/booking-state';
import type { BookingId } from '../../domain/ids';
import { Problem, type ProblemCode } from '../../domain/problems';
import type { ApiDeps } from '../deps';
import type { Answer } from '../http/route';
import { type BillingView, billingAfter } from './record';

/** States in which it is not decided yet whether the journey was bought. */
const UNDECIDED: ReadonlySet<string> = new Set<BookingState>(['PENDING', 'ACCEPTED', 'PAYMENT_AUTHORIZED']);
const BOUGHT: ReadonlySet<string> = new Set<BookingState>(['CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT']);

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;
/** Each pause is this much longer, so that nobody waits much longer than it took: 26 reads in ten seconds. */
const GROWTH = 1.5;

/** What a refused purchase is answered with, by why its booking ended; anything else is `illegal-transition`. */
const PROBLEM_OF_REASON: Readonly<Partial<Record<ReasonCode, ProblemCode>>> = {
  'nights-unavailable': 'nights-unavailable',
  'payment-declined': 'payment-declined',
  'payment-method-missing': 'payment-declined',
  'payment-unreachable': 'payment-declined',
};

/** What the traveler can do about it. */
const NEXT: Readonly<Partial<Record<ProblemCode, string>>> = {
  'payment-declined': 'Nothing was charged; pay again, with another payment method.',
  'nights-unavailable': 'Nothing was charged; choose something else, or other dates.',
};

/** How long to wait, and for whom. */
export interface Patience {
  /** `performance.now()` at which it ends. */
  readonly until: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

/**
 * Waits until the purchase is decided, or patience ends, and answers with its record: 201 bought, 202 not decided yet.
 * Reads the booking's row rather than asking its saga, which would add to the history of every purchase.
 *
 * @throws {Problem} for a purchase that came to nothing, with the record in `billing`
 */
export async function outcomeOf(deps: ApiDeps, bookingId: BookingId, patience: Patience): Promise<Answer> {
  await untilDecided(deps, bookingId, patience);
  const billing = await billingAfter(deps, bookingId);
  const headers = { Location: `/api/billing/${billing.id}` };
  if (BOUGHT.has(billing.state)) return { status: 201, headers, body: billing };
  if (UNDECIDED.has(billing.state)) return { status: 202, headers, body: billing };
  throw refusal(billing);
}

async function untilDecided(deps: ApiDeps, bookingId: BookingId, { until, gone }: Patience): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; !gone.aborted; pause = Math.min(pause * GROWTH, LONGEST_PAUSE_MS)) {
    if (await isDecided(deps, bookingId)) return;
    const left = until - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(pause, left), undefined, { signal: gone }).catch(() => undefined);
  }
}

/** A database that is away for a moment does not end the waiting. */
async function isDecided(deps: ApiDeps, bookingId: BookingId): Promise<boolean> {
  try {
    const row = await deps.database.booking.findUnique({ where: { id: bookingId }, select: { state: true } });
    return row !== null && !UNDECIDED.has(row.state);
  } catch (error) {
    deps.logger.warn({ err: error, bookingId }, 'whether a purchase is decided could not be read');
    return false;
  }
}

function refusal(billing: BillingView): Problem {
  const code = (billing.reasonCode && PROBLEM_OF_REASON[billing.reasonCode]) ?? 'illegal-transition';
  const reason = billing.reason ?? `the booking is ${billing.state}`;
  const detail = [sentence(reason), NEXT[code]].filter(Boolean).join(' ');
  return new Problem(code, detail, {
    bookingId: billing.bookingId,
    state: billing.state,
    billing,
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
