import type { Appointment } from './agenda';
import { laterPayment } from './later-payment';
import type { SagaRecord } from './saga-record';
import { supersededHolds } from './superseded';

/** Everything that a confirmed booking may have to see to before its guest comes; the first is the most urgent. */
export function appointments(booking: SagaRecord): readonly Appointment[] {
  return [requested(booking), ...laterPayment(booking), supersededHolds(booking)];
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
