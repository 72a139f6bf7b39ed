import type { ItemId } from '../../domain/ids';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import type { Answer } from '../http/route';
import { createOnce } from './create-once';
import type { BookingView } from './schemas';
import { quantityOf, stayRequest, type Wish } from './stay-request';
import { bookingView } from './view';

/** A wish to stay as it came in. */
export interface StayCall {
  readonly caller: Caller;
  readonly route: string;
  readonly idempotencyKey?: string;
  readonly sentBody: unknown;
  readonly wish: Wish;
}

/** Opens a stay once and answers 201 as soon as it is PENDING; what comes of it takes its owner's time. */
export function createStay(
  deps: ApiDeps,
  { wish, ...call }: StayCall,
  answerBody: (booking: BookingView) => unknown,
): Promise<Answer> {
  const same = { itemId: wish.itemId as ItemId, stay: wish.stay, quantity: quantityOf(wish) };
  const makeRequest = stayRequest.bind(undefined, deps, call.caller, wish);
  return createOnce(deps, { ...call, same, makeRequest }, (row) => ({
    status: 201,
    headers: { Location: `/api/bookings/${row.id}` },
    body: answerBody(bookingView(row)),
  }));
}
