import { least, type Money, subtract } from '../domain/money';
import { keepsCard, upFrontOf } from '../domain/payment-policy';
import { commitCapture, takeFrom } from './capture';
import { charge } from './card';
import { giveBack } from './given-back';
import { collectedFrom } from './later-payment';
import type { CardAttempt, Hold } from './money-record';
import { type AskMoney, askBriefly } from './provider';
import type { SagaRecord } from './saga-record';
import { letGoSoon } from './superseded';

/**
 * What came of securing another price. `complete`: to be called once the change is committed and `agreed` replaced;
 * it lets go of what stood for the old price, or gives back what is too much. `abandon`: to be called where the change
 * came to nothing; the old payment stands.
 */
export type Adjustment =
  | { readonly outcome: 'secured'; complete(): Promise<void>; abandon(): Promise<void> }
  | { readonly outcome: 'declined'; readonly code: string; readonly actionUrl?: string }
  | { readonly outcome: 'unreachable' };

/**
 * Secures the payment of a confirmed booking whose price changes. Only the main line may call it: inside of a request.
 * - More than is held: a hold of all that would be due is taken on the booking's card; the old one stands beside it.
 * - Less: what is held is enough, and less of it is captured at check-in.
 * - Nothing held yet: the card is saved, and is charged with the new price when the hold falls due.
 * - Prepaid: the difference is held, and captured once the change is complete; or goes back then.
 *
 * A card that is declined, or wants to be confirmed, leaves everything as it was: the traveler gives another card
 * first, and asks again. Asked for no longer than a minute.
 *
 * @param price what the booking would cost
 * @throws {BookingEnds} where an ending is claimed meanwhile; what was held is undone with the rest
 */
export async function adjustPayment(booking: SagaRecord, price: Money): Promise<Adjustment> {
  const { money } = booking;
  putOffCollecting(booking);
  const isPrepaid = isPaidUpFront(booking);
  const wanted = money.dueFor(price);
  const isHeldByNow = isPrepaid || money.held.amount > 0;
  if (!isHeldByNow || wanted.amount <= money.held.amount) return secured(booking, price, undefined);

  const attempt: CardAttempt = { token: money.card ?? '', standsBy: true };
  const purpose = isPrepaid ? 'up-front' : 'stay';
  const charged = await charge(booking, attempt, [{ purpose, amount: wanted }], askBriefly(booking));
  if (charged?.outcome === 'charged') return secured(booking, price, money.standing.at(-1));
  if (attempt.hold) letGoSoon(attempt.hold);
  if (!charged) return { outcome: 'unreachable' };
  if (charged.outcome === 'declined') return { outcome: 'declined', code: charged.code };
  return { outcome: 'declined', code: 'action_required', actionUrl: charged.actionUrl };
}

/** A hold of the old price that was put off is asked for anew, with what is due then. */
function putOffCollecting({ money }: SagaRecord): void {
  const hold = money.attempt?.hold;
  if (!hold || money.attempt?.unconfirmed) return;
  letGoSoon(hold);
  money.attempt = undefined;
}

function isPaidUpFront({ agreed, money }: SagaRecord): boolean {
  return money.due.amount === 0 && upFrontOf(agreed.price, agreed.terms).amount > 0;
}

function secured(booking: SagaRecord, price: Money, taken: Hold | undefined): Adjustment {
  const { money } = booking;
  const isPrepaid = isPaidUpFront(booking);
  const before = money.standing.filter((hold) => hold !== taken);
  return {
    outcome: 'secured',
    complete: async () => {
      if (taken) before.forEach(letGoSoon);
      if (taken && isPrepaid) await takeAtOnce(booking, taken);
      else if (money.due.amount === 0 || isTooEarly(booking)) money.standing.forEach(letGoSoon);
      giveBackTooMuch(booking, price);
    },
    abandon: async () => {
      if (taken) letGoSoon(taken);
    },
  };
}

/** The stay was put off so far that a hold would run out before it. */
function isTooEarly(booking: SagaRecord): boolean {
  return keepsCard(booking.agreed.terms) && Date.now() < collectedFrom(booking);
}

async function takeAtOnce(booking: SagaRecord, hold: Hold): Promise<void> {
  const ask: AskMoney = askBriefly(booking);
  const taken = await takeFrom(booking, hold, hold.authorization.amount, (request) =>
    ask('capture the difference', (money) => money.capturePayment(request)),
  );
  // Put off: what is due and held is captured at check-in, under the same key.
  if (taken) await commitCapture(booking, hold, taken);
}

function giveBackTooMuch(booking: SagaRecord, price: Money): void {
  const { money } = booking;
  // Where the owner gave back more than the booking still costs, no more goes back than is left of what was taken.
  const tooMuch = least(money.kept, subtract(money.kept, subtract(price, money.waived)));
  if (tooMuch.amount <= 0) return;
  money.adjustments += 1;
  giveBack(booking, tooMuch, { key: `change-${money.adjustments}`, actor: 'SYSTEM' });
}
