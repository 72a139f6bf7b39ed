import type { ItemId } from './ids';

/*
 * A hotel sells room types. What is booked, priced and counted is the room type, so that is the item; the contract's
 * `propertyId` and `roomType` are the two halves of its id. Deriving them needs no column that could disagree, and
 * the bridge reads them off any booking without a join. Items of other systems have no room type.
 */
const SEPARATOR = ':';

/** The item that a property's room type is: `HOTEL-001:STD`. Without a room type, the property itself. */
export function itemIdOf(propertyId: string, roomType?: string): ItemId {
  return (roomType === undefined ? propertyId : `${propertyId}${SEPARATOR}${roomType}`) as ItemId;
}

/** What orders an item's messages, the contract's `propertyId`: of a room type its hotel, else the item itself. */
export function propertyIdOf(itemId: ItemId): string {
  return itemId.split(SEPARATOR, 1)[0] ?? itemId;
}

/** Undefined where the item is no room type. */
export function roomTypeOf(itemId: ItemId): string | undefined {
  const at = itemId.indexOf(SEPARATOR);
  return at === -1 ? undefined : itemId.slice(at + 1);
}

/** What a hotel's guest knows a booking by: `RSV-2026-000123`. Counted by the database when the booking opens. */
export type ConfirmationNumber = `RSV-${string}`;

const CONFIRMATION_NUMBER = /^RSV-\d{4}-\d{6,18}$/;

export function isConfirmationNumber(text: string): text is ConfirmationNumber {
  return CONFIRMATION_NUMBER.test(text);
}
