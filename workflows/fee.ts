import type { Actor } from '../domain/booking';
import { cancelFee } from '../domain/cancel-fee';
import { noShowFee } from '../domain/cancellation';
import type { Money } from '../domain/money';
import { countNights } from '../domain/stay-dates';
import type { Ending, SagaRecord } from './saga-record';

/** What a cancel costs now, by whom it comes; undefined where nothing. Decided when it is claimed, and then fixed. */
export function feeOfCancel({ agreed, snapshot }: SagaRecord, by: Actor): Money | undefined {
  const { terms, price } = agreed;
  return unlessNothing(cancelFee({ state: snapshot.state, by, price, terms, at: Date.now() }));
}

/** A cancel that came while the booking was being changed costs what the changed booking says. */
export function restateCancel(booking: SagaRecord): void {
  const { ending } = booking;
  if (ending?.fact !== 'booking.cancelled') return;
  const { fee: _, ...free } = ending;
  const fee = feeOfCancel(booking, ending.actor);
  booking.restateEnding(fee ? { ...free, fee } : free);
}

/** The guest never came: what their terms say is kept. */
export function noShow({ agreed }: SagaRecord): Ending {
  const { terms, price, stay } = agreed;
  const fee = terms.cancellation
    ? unlessNothing(noShowFee(terms.cancellation, price, countNights(stay)))
    : undefined;
  return {
    fact: 'booking.no-show',
    actor: 'SYSTEM',
    reason: { code: 'no-show', text: 'the guest did not come' },
    ...(fee && { fee }),
  };
}

function unlessNothing(fee: Money): Money | undefined {
  return fee.amount > 0 ? fee : undefined;
}
