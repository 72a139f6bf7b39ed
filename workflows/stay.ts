import { type AwaitedGuest, keepAppointments } from './agenda';
import { appointments } from './appointments';
import { noShow } from './fee';
import type { SagaRecord } from './saga-record';
import { commitFact } from './steps';
import type { Visibility } from './visibility';

/**
 * Waits for the guest: for the item's local check-in time, or for the owner to say that they came. Until then the
 * booking keeps its appointments and may be changed or cancelled; who never comes ends it as NO_SHOW.
 */
export async function checkIn(booking: SagaRecord, visibility: Visibility): Promise<void> {
  await keepAppointments(booking, appointments(booking), guestOf(booking), ({ name, at }) =>
    visibility.show(`Waiting for check-in; ${name} at ${new Date(at).toISOString()}.`),
  );
  booking.requests.turnAway('the guest has come');
  if (booking.agreed.terms.stay === 'by-owner' && !booking.arrival) booking.end(noShow(booking));
  await commitFact(booking, 'booking.checked-in', spokenBy(booking.arrival));
}

/** A stay is checked in by the clock, or by its owner until the guest counts as never having come. */
function guestOf(booking: SagaRecord): AwaitedGuest {
  if (booking.agreed.terms.stay !== 'by-owner')
    return { name: 'check-in', at: () => Date.parse(booking.agreed.terms.checkInAt), hasCome: () => false };
  return {
    name: 'no-show',
    at: () => Date.parse(booking.agreed.terms.noShowAt ?? booking.agreed.terms.checkOutAt),
    hasCome: () => booking.arrival !== undefined,
  };
}

/** Waits for the item's local check-out time, or for the owner to say before it that the guest has left. */
export async function checkOut(booking: SagaRecord, visibility: Visibility): Promise<void> {
  const { checkOutAt } = booking.agreed.terms;
  visibility.show(`Waiting for check-out at ${checkOutAt}.`);
  await booking.waitFor(() => booking.departure !== undefined, Date.parse(checkOutAt), 'check-out');
  await commitFact(booking, 'booking.checked-out', spokenBy(booking.departure));
}

/** The clock's doing where nobody said it. */
function spokenBy(presence: SagaRecord['arrival']) {
  return presence ? { actor: presence.by.role } : {};
}
