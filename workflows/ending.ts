import { ActivityFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { add, least } from '../domain/money';
import { feeShares, heldOf, keptOf, totalOf } from '../domain/payment-account';
import { UNDO_ATTEMPTS, UNDO_RETRY_MS } from '../domain/undo';
import type { Ending, SagaRecord } from './saga-record';
import { payOutFee } from './settlement';
import { commitFact } from './steps';
import type { Intervention, UndoEntry } from './undo-stack';
import type { Visibility } from './visibility';

/** Commits the claimed ending, then undoes what was done, newest first. Returns once nothing is left to undo. */
export async function endBooking(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const ending = shared(booking);
  booking.requests.turnAway(`the booking ended first: ${ending.reason.text}`);
  await commitFact(booking, ending.fact, {
    actor: ending.actor,
    reason: ending.reason,
    ...(ending.fee && { details: { fee: ending.fee } }),
    undo: () => booking.undos.status(),
  });

  const waitingForOperator: Promise<void>[] = [];
  for (const entry of booking.undos.newestFirst) {
    if (await undo(booking, entry)) continue;
    waitingForOperator.push(goOnUndoing(booking, entry, visibility));
  }
  await Promise.all(waitingForOperator);
  await payOutFee(booking);
  visibility.show('The booking is over; nothing is left to undo.');
}

/**
 * The claimed ending, with its fee no larger than what the booking has: kept of what was captured, or held. What that
 * means for each authorization is fixed here.
 */
function shared(booking: SagaRecord): Ending {
  const { ending, agreed } = booking;
  const account = booking.money.expected;
  if (!ending) throw new Error('no ending was claimed');
  const none = { ...agreed.price, amount: 0 };
  const there = add(totalOf(account, none, keptOf), totalOf(account, none, heldOf));
  const fee = least(ending.fee ?? none, there);
  booking.money.feeShares = feeShares(account, fee);
  const { fee: _, ...free } = ending;
  return fee.amount > 0 ? { ...ending, fee } : free;
}

/** Answers whether it is done; where not, the undo is marked as waiting for an operator and the next one may start. */
async function undo(booking: SagaRecord, entry: UndoEntry): Promise<boolean> {
  try {
    await entry.run({ patience: 'few-attempts', undoAfterwards: () => booking.undos.status(entry) });
    entry.status = 'finished';
    return true;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    entry.status = 'needs_operator';
    await commitFact(booking, 'undo.needs-operator', {
      details: { step: entry.step, error: error.cause?.message ?? error.message },
      attempts: UNDO_ATTEMPTS,
      undo: () => booking.undos.status(),
    });
    return false;
  }
}

/**
 * Tries an undo again every ten minutes until it succeeds or an operator skips it. The waiting is the server's:
 * its retries add nothing to the history, however long it takes.
 */
async function goOnUndoing(booking: SagaRecord, entry: UndoEntry, visibility: Visibility): Promise<void> {
  const undoAfterwards = () => booking.undos.status(entry);
  let atOnce = false;
  while (entry.status !== 'finished') {
    visibility.show(`The undo "${entry.step}" keeps failing: an operator may retry or skip it.`);
    const intervention = await untilIntervention(entry, async () => {
      if (!atOnce) await sleep(UNDO_RETRY_MS, { summary: `undo: ${entry.step} again` });
      await entry.run({ patience: 'without-end', undoAfterwards });
    });
    if (intervention === 'skip') {
      await commitFact(booking, 'undo.skipped', { details: { step: entry.step }, undo: undoAfterwards });
    }
    if (intervention !== 'retry') entry.status = 'finished';
    atOnce = true;
  }
}

/** Runs `work`, and stops it between its attempts when an operator intervenes. */
async function untilIntervention(
  entry: UndoEntry,
  work: () => Promise<void>,
): Promise<Intervention | undefined> {
  const scope = new CancellationScope({ cancellable: true });
  let intervention: Intervention | undefined;
  entry.intervene = (given) => {
    intervention = given;
    scope.cancel();
  };
  try {
    await scope.run(work);
    return undefined;
  } catch (error) {
    if (!isCancellation(error) || !intervention) throw error;
    return intervention;
  } finally {
    delete entry.intervene;
  }
}
