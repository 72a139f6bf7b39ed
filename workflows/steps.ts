import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow';
import type { BookingSteps } from '../activities/booking-steps';
import type { Payments } from '../activities/payments';
import type { BookingSnapshot } from '../domain/booking';
import type { FactType, UndoStatus } from '../domain/booking-state';
import { UNDO_ATTEMPTS, UNDO_RETRY_MS } from '../domain/undo';
import type { SagaRecord, StepDetails } from './saga-record';
import type { Patience } from './undo-stack';

/*
 * How the saga's hands are called. Steps that only touch the database are local activities: they run inside the
 * workflow task and cost one history event. Five seconds without success mean an outage, and the same step then
 * runs as a regular activity, which the server retries without a further event until the database is back. Money is
 * never a local activity: what it does must be on record before it is done.
 */
const LOCAL = {
  startToCloseTimeout: '4s',
  scheduleToCloseTimeout: '5s',
  // The attempts are counted too: the SDK (1.24) forgets a schedule-to-close timeout that runs out between two
  // attempts, and a database that refuses at once would then be asked for ever, at three events every eight seconds.
  // Six attempts that fail at once take 3.1 s.
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '2s', maximumAttempts: 6 },
} as const;
const LASTING = {
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
} as const;

const local = proxyLocalActivities<BookingSteps>(LOCAL);
const lasting = proxyActivities<BookingSteps>(LASTING);

type Input<Name extends keyof BookingSteps> = Parameters<BookingSteps[Name]>[0];
type Output<Name extends keyof BookingSteps> = Awaited<ReturnType<BookingSteps[Name]>>;

/**
 * Runs a database step until it succeeds.
 *
 * @param patience `give-up-on-defect`: what the database refuses for another reason than its own condition is thrown
 *   instead of being tried without end; an undo then lets the next one go first.
 * @throws {ActivityFailure} only with `give-up-on-defect`.
 */
export function databaseStep<Name extends keyof BookingSteps>(
  name: Name,
  input: Input<Name>,
  summary: string,
  patience: 'without-end' | 'give-up-on-defect' = 'without-end',
): Promise<Output<Name>> {
  // Never cancelled: a statement that may have been committed must be known to have been.
  const committed = CancellationScope.nonCancellable(async () => {
    try {
      return await call(local[name], { ...LOCAL, summary }, input);
    } catch (error) {
      // A local activity's failure comes bare, as what it threw or ran out of, not inside an ActivityFailure.
      if (!(error instanceof TemporalFailure)) throw error;
      const retry =
        patience === 'give-up-on-defect'
          ? { ...LASTING.retry, nonRetryableErrorTypes: ['StepDefect', 'StepConflict'] }
          : LASTING.retry;
      return await call(lasting[name], { ...LASTING, retry, summary }, input);
    }
  });
  return committed as Promise<Output<Name>>;
}

/** The proxies' types do not survive being indexed by a name that is only known to be one of several. */
function call(activity: unknown, options: object, input: unknown): Promise<unknown> {
  return (activity as Callable).executeWithOptions(options, [input]);
}

interface Callable {
  executeWithOptions(options: object, args: readonly [unknown]): Promise<unknown>;
}

/** Commits a fact that needs nothing but itself. */
export async function commitFact(
  booking: SagaRecord,
  type: FactType,
  given: StepDetails & { readonly undo?: () => UndoStatus } = {},
): Promise<BookingSnapshot> {
  return booking.commit(
    type,
    given,
    (step) => databaseStep('commitStep', step, `commit ${type}`),
    (snapshot) => snapshot,
  );
}

const MONEY_ATTEMPT = '10s';

/** The moves of money, as one of the functions below lets them be called. */
export type MoneyMoves = ReturnType<typeof moneyBefore>;

/** A move of money that goes on until the provider answers, at the latest until `deadline`. */
export function moneyBefore(deadline: number, summary: string) {
  return proxyActivities<Payments>({
    startToCloseTimeout: MONEY_ATTEMPT,
    scheduleToCloseTimeout: Math.max(1, deadline - Date.now()),
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary,
  });
}

const WITHOUT_END = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5m' } as const;

/** A move of money that must come about. */
export function moneyWithoutEnd(summary: string) {
  return proxyActivities<Payments>({ startToCloseTimeout: MONEY_ATTEMPT, retry: WITHOUT_END, summary });
}

/**
 * A move of money that must come about unless the provider refuses it for good.
 * @throws {ActivityFailure} where it does
 */
export function moneyUnlessRefused(summary: string) {
  return proxyActivities<Payments>({
    startToCloseTimeout: MONEY_ATTEMPT,
    retry: { ...WITHOUT_END, nonRetryableErrorTypes: ['RefundRejected'] },
    summary,
  });
}

/** An undo's move of money: a few times at once, or without end in long intervals. */
export function moneyBack(patience: Patience, summary: string) {
  return proxyActivities<Payments>({
    startToCloseTimeout: MONEY_ATTEMPT,
    retry:
      patience === 'few-attempts'
        ? {
            initialInterval: '250ms',
            backoffCoefficient: 2,
            maximumInterval: '30s',
            maximumAttempts: UNDO_ATTEMPTS,
          }
        : { initialInterval: UNDO_RETRY_MS, backoffCoefficient: 1 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary,
  });
}

/**
 * Runs a step whose running attempt is left alone but which is not retried once an ending is claimed.
 *
 * @param forLess whether it is put off also when the guest comes or something is asked for
 * @returns undefined where it was cut short: its outcome is then unknown.
 */
export async function unlessEnding<Result>(
  booking: SagaRecord,
  step: () => Promise<Result>,
  forLess = false,
): Promise<Result | undefined> {
  booking.goOnUnlessEnding();
  const scope = new CancellationScope({ cancellable: true });
  let isCutShort = false;
  const cutShort = () => {
    isCutShort = true;
    scope.cancel();
  };
  booking.interrupt = cutShort;
  if (forLess) booking.putOff = cutShort;
  try {
    return await scope.run(step);
  } catch (error) {
    if (isCancellation(error) && isCutShort) return undefined;
    throw error;
  } finally {
    booking.interrupt = undefined;
    booking.putOff = undefined;
  }
}
