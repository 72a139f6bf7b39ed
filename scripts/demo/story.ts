import type { ShownBooking, Visitor } from './visitor';

/** Who takes part, and how a story waits for what the saga does by itself. */
export interface Cast {
  readonly traveler: Visitor;
  readonly rival: Visitor;
  readonly owner: Visitor;
  /** Owns the hotel. */
  readonly hotelier: Visitor;
  readonly admin: Visitor;
  /** Dates that no other story of any run uses. */
  readonly nights: { readonly startDate: string; readonly endDate: string };
  /** Follows a booking's timeline until it shows what is waited for. */
  readonly until: (booking: ShownBooking, isThere: (now: ShownBooking) => boolean) => Promise<void>;
}

export interface Story {
  readonly name: string;
  /** Plays it to its end and answers the bookings it made, in the order they are to be shown. */
  readonly play: (cast: Cast) => Promise<ShownBooking[]>;
}

export const isConfirmed = ({ state }: ShownBooking) => state === 'CONFIRMED';

export const isOver = ({ state, undo }: ShownBooking) =>
  ['CANCELLED', 'REJECTED', 'EXPIRED', 'FAILED'].includes(state) && ['none', 'done'].includes(undo);
