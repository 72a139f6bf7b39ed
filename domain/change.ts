import { type Agreement, sameAgreement, type ToldAgreement } from './agreement';
import type { BookingState } from './booking-state';
import { propertyIdOf } from './hotel';
import type { System } from './item';
import { type Money, subtract } from './money';

/**
 * How often one booking may be changed. Each change adds some twenty events to its saga's history and a line or two
 * to its log; ten leave both far below any limit. Who wants an eleventh cancels and books anew.
 */
export const MAX_CHANGES = 10;

/** How often a change of one booking may be tried: those that were declined or found no nights are counted, too. */
export const MAX_CHANGE_ATTEMPTS = 30;

/** Where a booking stands when a change of it is asked for. */
export interface Changeable {
  readonly system: System;
  readonly state: BookingState;
  readonly agreed: ToldAgreement & { readonly terms: Pick<Agreement['terms'], 'checkInAt'> };
  /** How often it was changed before. */
  readonly changes: number;
  /** How often that was tried, where it is known. */
  readonly attempts?: number;
}

/**
 * What stands against a change:
 * - `not-changeable`: bookings of this system are cancelled and made anew
 * - `not-confirmed`: only a confirmed booking is changed
 * - `stay-begun`: its check-in time has come
 * - `too-many-changes`: see {@link MAX_CHANGES} and {@link MAX_CHANGE_ATTEMPTS}
 */
export type ObstacleToChange = 'not-changeable' | 'not-confirmed' | 'stay-begun' | 'too-many-changes';

/** @param at milliseconds since the epoch */
export function obstacleToChange(booking: Changeable, at: number): ObstacleToChange | undefined {
  if (booking.system !== 'hotel') return 'not-changeable';
  if (booking.state !== 'CONFIRMED') return 'not-confirmed';
  if (at >= Date.parse(booking.agreed.terms.checkInAt)) return 'stay-begun';
  if (booking.changes >= MAX_CHANGES || (booking.attempts ?? 0) >= MAX_CHANGE_ATTEMPTS)
    return 'too-many-changes';
  return undefined;
}

/**
 * What stands against this very change, whenever it is asked for:
 * - `another-property`: a change never leaves the property, which orders the messages
 * - `another-currency`: what was held in one currency cannot be made up in another
 * - `nothing-new`: the booking is agreed so already
 */
export type Unfit = 'another-property' | 'another-currency' | 'nothing-new';

export function unfitness(from: ToldAgreement, to: ToldAgreement): Unfit | undefined {
  if (propertyIdOf(from.itemId) !== propertyIdOf(to.itemId)) return 'another-property';
  if (from.price.currency !== to.price.currency) return 'another-currency';
  if (sameAgreement(from, to)) return 'nothing-new';
  return undefined;
}

/** What the guest pays more; negative: what comes back. */
export function priceDifference(from: ToldAgreement, to: ToldAgreement): Money {
  return subtract(to.price, from.price);
}
