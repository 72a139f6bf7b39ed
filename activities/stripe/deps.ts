import type Stripe from 'stripe';
import type { Logger } from '../../platform/logger';
import type { StripeReferences } from './references';

/** What the parts of the Stripe adapter work with. */
export interface StripeDeps {
  readonly stripe: Stripe;
  readonly references: StripeReferences;
  /** Where the cardholder's browser goes after confirming. */
  readonly returnUrl: string;
  readonly logger: Logger;
}

/** What we write on Stripe's objects, to find our way back from them. No personal data. */
export function marks(key: string, bookingId?: string): Record<string, string> {
  return { key, ...(bookingId !== undefined && { booking_id: bookingId }) };
}
