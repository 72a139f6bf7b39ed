import type { AuthorizeRequest } from '../domain/payment';
import { letGo } from './let-go';
import type { Hold } from './money-record';
import type { SagaRecord } from './saga-record';

/** Registers the hold's undo; to be called before the provider is asked. */
export function registerHold(
  booking: SagaRecord,
  authorization: AuthorizeRequest,
  purpose: Hold['purpose'],
): Hold {
  const undo = booking.undos.register({
    step: 'void-authorization',
    run: (attempt) => letGo(booking, hold, attempt),
  });
  const hold: Hold = { authorization, undo, captured: false, purpose };
  booking.money.holds.push(hold);
  return hold;
}

/** The hold definitely came to nothing: there is nothing to undo. */
export function dropHold(booking: SagaRecord, hold: Hold): void {
  booking.undos.forget(hold.undo);
  booking.money.holds.splice(booking.money.holds.indexOf(hold), 1);
}
