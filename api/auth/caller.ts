export const ROLES = ['traveler', 'owner', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who speaks, as their token says. */
export interface Caller {
  /** The token's `sub`; what travelers and owners are known by everywhere. */
  readonly id: string;
  readonly role: Role;
  /** For mail only; kept in one row of booking.people. */
  readonly email?: string;
  /** Until when the token is taken. */
  readonly expiresAt: Date;
}
