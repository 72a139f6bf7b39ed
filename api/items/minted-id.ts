import type { BookingId } from '../../domain/ids';

/** An item's id from a booking's that was minted for the request: the same for every attempt under one key. */
export function mintedItemId(minted: BookingId): string {
  return minted.replace(/^BKG/, 'ITM');
}
