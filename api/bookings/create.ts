import type { BookingRequest } from '../../domain/booking';
import type { BookingId, TravelerId } from '../../domain/ids';
import type { Item } from '../../domain/item';
import { type Quote, quoteStay } from '../../domain/pricing';
import { Problem } from '../../domain/problems';
import type { Stay } from '../../domain/stay-dates';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import { circumstances, findItem, rememberEmail } from './catalogue';
import {
  checkDates,
  checkGuests,
  checkNights,
  checkOwner,
  checkPrice,
  type FieldNames,
  stayInstants,
} from './checks';
import { outcomeUnknown, sagaAway } from './saga-problems';
import type { BookingRow } from './view';

/** A wish to book, whichever spelling it came in. */
export interface Wish {
  readonly itemId: string;
  readonly ownerId?: string | undefined;
  readonly stay: Stay;
  readonly guests: number;
  /** Decimal; what the client has shown. */
  readonly totalPrice?: number | undefined;
  readonly paymentToken?: string | undefined;
  readonly names: FieldNames;
}

const QUANTITY = 1;

/**
 * Opens a booking under this id, or finds it opened by an earlier attempt.
 *
 * @param again whether there may have been one. Then nothing is checked before looking: its own nights would be gone,
 * and a refusal would be a lie about a saga that is on its way.
 * @returns the booking as its saga wrote it
 */
export async function openBooking(
  deps: ApiDeps,
  caller: Caller,
  wish: Wish,
  bookingId: BookingId,
  again: boolean,
): Promise<BookingRow> {
  const earlier = again ? await openedEarlier(deps, bookingId) : undefined;
  if (earlier) return earlier;
  let request: BookingRequest;
  try {
    request = await checkedRequest(deps, caller, wish, bookingId);
  } catch (refusal) {
    // A twin may have opened it meanwhile, and taken the very nights that are missing now.
    const twins = again ? await openedEarlier(deps, bookingId) : undefined;
    if (twins) return twins;
    throw refusal;
  }
  const answer = await deps.saga.open(request);
  return await openedBooking(deps, bookingId, answer.outcome, again);
}

async function openedEarlier(deps: ApiDeps, bookingId: BookingId): Promise<BookingRow | undefined> {
  const committed = await deps.database.booking.findUnique({ where: { id: bookingId } });
  if (committed) return committed;
  const answer = await deps.saga.awaitOpen(bookingId);
  return answer.outcome === 'closed' ? undefined : openedBooking(deps, bookingId, answer.outcome, true);
}

async function openedBooking(
  deps: ApiDeps,
  bookingId: BookingId,
  outcome: Awaited<ReturnType<ApiDeps['saga']['open']>>['outcome'],
  again: boolean,
): Promise<BookingRow> {
  switch (outcome) {
    case 'unsent':
      // Nothing was sent by this call; an earlier one may have opened it all the same.
      throw again ? outcomeUnknown(bookingId) : sagaAway(bookingId);
    case 'unknown':
      throw outcomeUnknown(bookingId);
    case 'committed':
    case 'closed':
    case 'refused': {
      const booking = await deps.database.booking.findUnique({ where: { id: bookingId } }).catch((error) => {
        deps.logger.error({ err: error, bookingId }, 'an opened booking could not be read');
        throw outcomeUnknown(bookingId);
      });
      if (!booking) throw new Error(`the saga of ${bookingId} answered ${outcome}, but there is no booking`);
      return booking;
    }
  }
}

/** @throws {Problem} for whatever stands against the booking */
async function checkedRequest(
  deps: ApiDeps,
  caller: Caller,
  wish: Wish,
  bookingId: BookingId,
): Promise<BookingRequest> {
  const item = await findItem(deps.database, wish.itemId, 'stays');
  if (!item) throw new Problem('not-found', `There is no property ${wish.itemId}.`);
  checkOwner(item, wish.ownerId);
  checkDates(item, wish.stay, deps.now(), wish.names);
  checkGuests(item, wish.guests, wish.names);
  const quote = quoteStay(item, wish.stay, QUANTITY);
  checkPrice(quote, wish.totalPrice, wish.names);
  const travelerId = caller.id as TravelerId;
  const { gone, storedToken } = await circumstances(deps.database, item.id, wish.stay, QUANTITY, travelerId);
  checkNights(item, gone);
  await rememberEmail(deps.database, caller.id, caller.email);
  const token =
    wish.paymentToken ?? storedToken ?? (storedToken === undefined ? everybodysToken(deps) : undefined);
  return sagaRequest(bookingId, item, wish, travelerId, quote, token);
}

/** In development everybody has an approving payment method. */
function everybodysToken({ config }: ApiDeps): string | undefined {
  return config.NODE_ENV === 'production' ? undefined : 'tok_approved';
}

function sagaRequest(
  bookingId: BookingId,
  item: Item,
  wish: Wish,
  travelerId: TravelerId,
  quote: Quote,
  paymentToken: string | undefined,
): BookingRequest {
  return {
    bookingId,
    system: item.system,
    itemId: item.id,
    itemName: item.name,
    ownerId: item.ownerId,
    travelerId,
    stay: wish.stay,
    guests: wish.guests,
    quantity: quote.quantity,
    price: quote.total,
    ...(paymentToken !== undefined && { paymentToken }),
    terms: {
      instant: item.instant,
      decisionWindowSeconds: item.decisionWindowSeconds,
      paymentDeadlineSeconds: item.paymentDeadlineSeconds,
      graceSeconds: item.graceSeconds,
      ...stayInstants(item, wish.stay),
    },
  };
}
