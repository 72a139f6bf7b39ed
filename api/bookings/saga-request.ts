import type { BookingRequest } from '../../domain/booking';
import type { BookingId, TravelerId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import type { Quote } from '../../domain/pricing';
import type { Stay } from '../../domain/stay-dates';
import type { ApiDeps } from '../deps';
import { hotelTerms } from '../reservations/terms';
import { stayInstants } from './checks';

/** What a saga is opened with, all of it checked. */
export interface Agreement {
  readonly bookingId: BookingId;
  readonly item: Item;
  readonly travelerId: TravelerId;
  readonly stay: Stay;
  readonly guests: number;
  readonly quote: Quote;
  readonly paymentToken: string | undefined;
}

/** A booking under its item's terms as they stand now. */
export function sagaRequest(agreement: Agreement): BookingRequest {
  const { bookingId, item, travelerId, stay, guests, quote, paymentToken } = agreement;
  return {
    bookingId,
    system: item.system,
    itemId: item.id,
    itemName: item.name,
    ownerId: item.ownerId,
    travelerId,
    stay,
    guests,
    quantity: quote.quantity,
    price: quote.total,
    ...(paymentToken !== undefined && { paymentToken }),
    terms: {
      instant: item.instant,
      decisionWindowSeconds: item.decisionWindowSeconds,
      paymentDeadlineSeconds: item.paymentDeadlineSeconds,
      graceSeconds: item.graceSeconds,
      ...stayInstants(item, stay),
      ...(item.system === 'hotel' && hotelTerms(item, stay)),
    },
  };
}

/**
 * The token to charge: the one sent, else the one stored. In development, with the simulated provider, everybody of
 * whom nothing is known has an approving payment method.
 */
export function tokenToCharge(
  { config }: Pick<ApiDeps, 'config'>,
  sent: string | undefined,
  stored: string | null | undefined,
): string | undefined {
  if (sent !== undefined) return sent;
  if (stored !== undefined) return stored ?? undefined;
  return config.NODE_ENV !== 'production' && config.PAYMENT_PROVIDER === 'simulator'
    ? 'tok_approved'
    : undefined;
}
