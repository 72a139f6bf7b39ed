import type { Money } from './money';

/**
 * The accounts of a booking's ledger and what their balances mean. A line is positive where money enters the account
 * and negative where it leaves; the lines of a fact add up to nothing. docs/ledger.md lists them from here.
 */
export const ACCOUNTS = {
  guest: 'The traveler. Negative lines are what was taken from them, positive ones what went back',
  clearing: 'Money we hold for the booking: taken, and neither given back nor paid out. Never below nothing',
  disputed: 'Money the provider has withdrawn until a dispute is decided',
  owner: 'What was paid out to the owner',
  house: 'The commission we keep',
  owner_owes:
    'Money the house gave back after the owner was paid, or while it was disputed. Its balance with the sign turned is what the owner owes us',
} as const satisfies Readonly<Record<string, string>>;
export type Account = keyof typeof ACCOUNTS;

/** One line of the ledger, in minor units of `currency`. */
export interface LedgerLine {
  readonly account: Account;
  readonly amount: number;
  readonly currency: string;
}

/** What became of one hold; all in minor units. `held` is what is neither taken nor given up. */
export interface AuthorizationBalance {
  readonly authorizationId: string;
  readonly currency: string;
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly refunded: number;
  /** Withdrawn because of a dispute that is still open. */
  readonly disputed: number;
  /** Withdrawn for good because of a dispute that was lost. */
  readonly chargedBack: number;
  readonly held: number;
}

/** Where a booking's money is, in minor units. */
export interface BookingBalance {
  readonly paidIn: number;
  /** Back with the traveler, by refund or by a lost dispute. */
  readonly refunded: number;
  readonly paidOut: number;
  readonly commission: number;
  /** Still with us. */
  readonly held: number;
  readonly disputed: number;
  readonly ownerOwes: number;
}

/** Adds a booking's lines up. */
export function balanceOf(lines: readonly LedgerLine[]): BookingBalance {
  const sum = (account: Account, counts: (amount: number) => boolean = () => true) =>
    lines
      .filter((line) => line.account === account && counts(line.amount))
      .reduce((total, { amount }) => total + amount, 0);
  return {
    paidIn: 0 - sum('guest', (amount) => amount < 0),
    refunded: sum('guest', (amount) => amount > 0),
    paidOut: sum('owner'),
    commission: sum('house'),
    held: sum('clearing'),
    disputed: sum('disputed'),
    ownerOwes: 0 - sum('owner_owes'),
  };
}

/** Paid in and advanced by the house = refunded + paid out + commission + disputed + still held. */
export function isBalanced(balance: BookingBalance): boolean {
  const { paidIn, ownerOwes, refunded, paidOut, commission, disputed, held } = balance;
  return paidIn + ownerOwes === refunded + paidOut + commission + disputed + held;
}

/** Captured + voided + still held = authorized, refunded ≤ captured, and nothing below nothing. */
export function isSound(authorization: AuthorizationBalance): boolean {
  const { authorized, captured, voided, held, refunded, disputed, chargedBack } = authorization;
  const parts = [captured, voided, held, refunded, disputed, chargedBack];
  return (
    captured + voided + held === authorized && refunded <= captured && parts.every((amount) => amount >= 0)
  );
}

/** What can still go back to the traveler from one authorization. */
export function refundableOf(authorization: AuthorizationBalance): Money {
  const { captured, refunded, disputed, chargedBack, currency } = authorization;
  return { amount: Math.max(0, captured - refunded - disputed - chargedBack), currency };
}
