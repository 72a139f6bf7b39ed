/** Tells which bookings have something new in their log. A nudge may come twice, and may be lost. */
export interface Nudges {
  /** Whether nudges can be relied on just now. Whoever needs them looks for itself meanwhile. */
  readonly isHeard: boolean;
  /** Begins to listen; where it is already, does nothing. */
  listen(onNudge: (bookingId: string) => void): void;
  stop(): Promise<void>;
}
