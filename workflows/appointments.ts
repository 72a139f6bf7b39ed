import type { Appointment } from './agenda';
import { captureOrdered } from './capture';
import { laterPayment } from './later-payment';
import { askUntilPutOff } from './provider';
import type { SagaRecord } from './saga-record';
import { supersededHolds } from './superseded';

/** Everything that a confirmed booking may have to see to before its guest comes; the first is the most urgent. */
export function appointments(booking: SagaRecord): readonly Appointment[] {
  return [requested(booking), ordered(booking), ...laterPayment(booking), supersededHolds(booking)];
}

/** Somebody asked for something that only the main line may do. */
function requested({ requests }: SagaRecord): Appointment {
  return {
    name: 'a request',
    at: () => undefined,
    hasCome: () => !requests.isEmpty,
    keep: () => requests.serveOne(),
  };
}

/** The owner wants money taken before the stay begins. */
function ordered(booking: SagaRecord): Appointment {
  const { money } = booking;
  return {
    name: 'a capture',
    at: () => undefined,
    hasCome: () => money.captureOrder !== undefined && money.held.amount > 0,
    keep: () => {
      const ask = askUntilPutOff(booking);
      return captureOrdered(booking, (request) =>
        ask('capture payment', (moves) => moves.capturePayment(request)),
      );
    },
  };
}
