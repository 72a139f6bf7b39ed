import { randomUUID } from 'node:crypto';
import { BadAmount, formatMoney, fromDecimal, type Money } from '../../domain/money';
import { Problem } from '../../domain/problems';
import type { Caller as SagaCaller } from '../../workflows/messages';
import type { Caller } from '../auth/caller';
import { actAs, bookingIdOf } from '../bookings/access';
import { outcomeUnknown, sagaAway } from '../bookings/saga-problems';
import type { BookingRow } from '../bookings/view';
import type { ApiDeps } from '../deps';
import type { Answer } from '../http/route';
import { fieldProblem } from '../http/validate';
import { once } from '../idempotency/once';
import type { SagaAnswer } from '../saga/saga-client';
import { visiblePayment } from './access';
import { type BookedMoney, readMoney, sumsOf } from './balance';
import { paymentView } from './view';

/** What is asked for once, however often it is sent. */
export interface Order {
  readonly by: SagaCaller;
  /** Absent: all there is. */
  readonly amount?: Money;
  readonly requestId: string;
}

/** A move of a booking's money that its owner may ask for. */
export interface Move {
  /** Completes "cannot be …". */
  readonly done: string;
  /** How much of it there is to be had. */
  available(money: BookedMoney): Money;
  /** Asks the saga, or whoever has the booking's money after it. */
  tell(deps: ApiDeps, booking: BookingRow, order: Order): Promise<SagaAnswer>;
}

/** A move as it was called for. */
export interface MoveCall {
  readonly caller: Caller;
  readonly route: string;
  /** Of the booking or of one of its authorizations. */
  readonly id: string;
  readonly amount: number | undefined;
  readonly sentBody: unknown;
  readonly idempotencyKey?: string;
  readonly message: string;
}

/** Moves money once, by asking whoever owns it, and answers with the booking's money as it then is. */
export async function moveMoney(deps: ApiDeps, move: Move, call: MoveCall): Promise<Answer> {
  const booking = await visiblePayment(deps.database, call.id, call.caller);
  const by = actAs(['owner', 'admin'], booking, call.caller);
  const amount = amountIn(call.amount, booking.currency);
  const bookingId = bookingIdOf(booking);
  const attempt = async ({ updateId, again }: { updateId: string; again: boolean }): Promise<Answer> => {
    // An earlier attempt of this very request may have moved the money, so only a first one is refused from here.
    if (!again) await requireAvailable(deps, move, booking, amount);
    const order = { by, requestId: updateId, ...(amount && { amount }) };
    const answer = await move.tell(deps, booking, order);
    await requireCommitted(deps, move, booking, answer, again);
    const data = paymentView(await readMoney(deps.database, booking.id));
    return { status: 200, body: { success: true, message: call.message, data } };
  };
  const { caller, route, idempotencyKey, id, sentBody } = call;
  if (idempotencyKey === undefined) return await attempt({ updateId: randomUUID(), again: false });
  const write = { caller: caller.id, route, key: idempotencyKey, request: { id, sentBody }, bookingId };
  return await once(deps, write, attempt);
}

/** @throws {Problem} `invalid-request` for more digits than the currency has */
function amountIn(decimal: number | undefined, currency: string): Money | undefined {
  if (decimal === undefined) return undefined;
  try {
    return fromDecimal(decimal, currency);
  } catch (error) {
    if (!(error instanceof BadAmount)) throw error;
    throw fieldProblem('invalid-request', [{ field: 'amount', message: error.message }]);
  }
}

async function requireAvailable(deps: ApiDeps, move: Move, booking: BookingRow, wanted: Money | undefined) {
  const money = await readMoney(deps.database, booking.id);
  const available = move.available(money);
  if (available.amount > 0 && (wanted?.amount ?? 0) <= available.amount) return;
  throw unavailable(move, money, `${formatMoney(available)} can be`);
}

async function requireCommitted(
  deps: ApiDeps,
  move: Move,
  booking: BookingRow,
  answer: SagaAnswer,
  again: boolean,
): Promise<void> {
  const bookingId = bookingIdOf(booking);
  switch (answer.outcome) {
    case 'committed':
      return;
    case 'unsent':
      throw again ? outcomeUnknown(bookingId) : sagaAway(bookingId);
    case 'unknown':
      throw outcomeUnknown(bookingId);
    case 'closed':
      throw unavailable(move, await readMoney(deps.database, booking.id), 'the booking is over');
    case 'refused': {
      if (answer.refusal === 'NotAllowed') {
        throw new Problem('forbidden', `You may not do this to booking ${booking.id}.`);
      }
      throw unavailable(move, await readMoney(deps.database, booking.id), answer.message);
    }
  }
}

/** Says what is possible instead. */
function unavailable(move: Move, money: BookedMoney, why: string): Problem {
  const { id, state } = money.booking;
  const { held, captured, refunded, refundable, currency } = sumsOf(money);
  return new Problem('amount-unavailable', `This payment of booking ${id} cannot be ${move.done}: ${why}.`, {
    bookingId: id,
    state,
    held,
    captured,
    refunded,
    refundable,
    currency,
  });
}
