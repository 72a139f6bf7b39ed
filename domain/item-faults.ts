import { roomTypeOf } from './hotel';
import type { Item, ItemKind, System } from './item';

/** What each system sells. */
export const KINDS_OF_SYSTEM: Readonly<Record<System, readonly ItemKind[]>> = {
  stays: ['property', 'room'],
  travel: ['flight', 'car', 'room', 'property'],
  hotel: ['room'],
};

/** Something about an item that cannot be, and the field to mend it in. */
export interface ItemFault {
  readonly field: string;
  readonly message: string;
}

type Check = (item: Item) => ItemFault | undefined;

const fault = (field: keyof Item | 'currency', message: string): ItemFault => ({ field, message });

/** What must hold between the fields of an item; each field by itself was checked when it was read. */
const CHECKS: readonly Check[] = [
  ({ system, kind }) =>
    KINDS_OF_SYSTEM[system].includes(kind)
      ? undefined
      : fault('kind', `${system} sells ${KINDS_OF_SYSTEM[system].join(', ')}, no ${kind}`),
  ({ system, id }) =>
    system !== 'hotel' || /^[^:]+:[^:]+$/.test(id)
      ? undefined
      : fault('id', 'of a hotel is PROPERTY:ROOMTYPE, such as HOTEL-001:STD'),
  ({ system, id }) =>
    system === 'hotel' || roomTypeOf(id) === undefined
      ? undefined
      : fault('id', "must not hold a colon: that is for a hotel's room types"),
  ({ kind, departureDate }) => {
    if (kind === 'flight' && departureDate === undefined) return fault('departureDate', 'a flight needs one');
    if (kind !== 'flight' && departureDate !== undefined)
      return fault('departureDate', `only a flight departs, this is a ${kind}`);
    return undefined;
  },
  ({ kind, minNights, maxNights }) =>
    kind === 'flight' && (minNights ?? maxNights) !== undefined
      ? fault(
          minNights === undefined ? 'maxNights' : 'minNights',
          'a flight is sold by the seat, not by nights',
        )
      : undefined,
  ({ minNights, maxNights }) =>
    minNights !== undefined && maxNights !== undefined && minNights > maxNights
      ? fault('minNights', `${minNights} is more than maxNights, ${maxNights}`)
      : undefined,
  ({ system, noShowTime }) =>
    noShowTime !== undefined && system !== 'hotel'
      ? fault('noShowTime', 'only hotels know no-shows: the clock checks guests of other systems in')
      : undefined,
  ({ system, instant }) =>
    system === 'travel' && !instant
      ? fault('instant', 'what travel sells is bought at once, so it must be true')
      : undefined,
  ({ instant, blockPolicy }) =>
    instant && blockPolicy.pending === 'blocked'
      ? fault('blockPolicy', 'an instant item has no requests that wait, so none can block nights')
      : undefined,
  ({ system, paymentPolicy }) =>
    system === 'travel' && paymentPolicy.kind !== 'at-check-in'
      ? fault('paymentPolicy', 'what travel sells is always paid before it is confirmed; leave this out')
      : undefined,
  ({ system, cancellation }) =>
    system === 'travel' && cancellation !== undefined
      ? fault('cancellation', 'what travel sells is given back whole; leave this out')
      : undefined,
  ({ cancellation }) => {
    const hours = cancellation?.tiers.map(({ hoursBefore }) => hoursBefore) ?? [];
    return new Set(hours).size < hours.length
      ? fault('cancellation', 'two tiers have the same hoursBefore')
      : undefined;
  },
];

/** All that cannot be about an item, so that it can be told at once; empty where nothing stands against it. */
export function itemFaults(item: Item): ItemFault[] {
  return CHECKS.map((check) => check(item)).filter((found) => found !== undefined);
}
