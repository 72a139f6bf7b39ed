import { type BookingStepsDeps, bookingSteps } from './booking-steps';
import type { PaymentGateway } from './payment-gateway';
import { payments } from './payments';

/** Everything a saga can have done, over the ports it is given. */
export function createActivities(deps: BookingStepsDeps & { readonly gateway: PaymentGateway }) {
  return { ...bookingSteps(deps), ...payments(deps) };
}

export type Activities = ReturnType<typeof createActivities>;
