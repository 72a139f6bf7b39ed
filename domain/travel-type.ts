import type { ItemKind } from './item';

/** What the travel system sells, in its own words. */
export const TRAVEL_TYPES = ['flight', 'hotel', 'car'] as const;
export type TravelType = (typeof TRAVEL_TYPES)[number];

const TYPE_OF_KIND: Readonly<Record<ItemKind, TravelType>> = {
  property: 'hotel',
  room: 'hotel',
  flight: 'flight',
  car: 'car',
};

/** The travel system's word for a kind of item. */
export function travelTypeOf(kind: ItemKind): TravelType {
  return TYPE_OF_KIND[kind];
}
