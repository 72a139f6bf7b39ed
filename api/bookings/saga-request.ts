import type { BookingRate, BookingRequest, BookingTerms } from '../../domain/booking';
import type { BookingId, TravelerId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import type { Money } from '../../domain/money';
import { paymentPlan } from '../../domain/payment-policy';
import { instantAt } from '../../domain/stay-clock';
import type { CalendarDate, Stay } from '../../domain/stay-dates';
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
  /** The price that was agreed. */
  readonly quote: { readonly quantity: number; readonly total: Money };
  readonly rate: BookingRate;
  readonly paymentToken: string | undefined;
}

/** A booking under its item's terms as they stand now. */
export function sagaRequest(agreement: Agreement): BookingRequest {
  const { bookingId, item, travelerId, stay, guests, quote, rate, paymentToken } = agreement;
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
    rate,
    ...(paymentToken !== undefined && { paymentToken }),
    terms: {
      instant: item.instant,
      decisionWindowSeconds: item.decisionWindowSeconds,
      paymentDeadlineSeconds: item.paymentDeadlineSeconds,
      graceSeconds: item.graceSeconds,
      ...stayInstants(item, stay),
      ...policies(item, stay, quote.total),
      ...(item.system === 'hotel' && hotelTerms(item, stay)),
    },
  };
}

/** What the owner set for money and nights. Travel is paid before it is confirmed, and gives everything back. */
function policies(
  item: Item,
  stay: Stay,
  price: Money,
): Pick<BookingTerms, 'payment' | 'cancellation' | 'block' | 'commissionBasisPoints'> {
  const { paymentPolicy, cancellation, blockPolicy, commissionBasisPoints, timeZone } = item;
  const localMidnight = (date: CalendarDate) => instantAt(date, '00:00', timeZone).toISOString();
  return {
    ...(item.system !== 'travel' && {
      payment: paymentPlan(paymentPolicy, price, stay.start, localMidnight),
      ...(cancellation && { cancellation }),
    }),
    ...(blockPolicy.pending === 'blocked' && { block: blockPolicy }),
    ...(commissionBasisPoints > 0 && { commissionBasisPoints }),
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
