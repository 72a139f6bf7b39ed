import type { Account, AuthorizationBalance } from '../../domain/ledger';
import { balanceOf, refundableOf } from '../../domain/ledger';
import { type Money, toDecimal } from '../../domain/money';
import type { Database } from '../../platform/database/client';
import type { Prisma } from '../../prisma/generated/client';
import type { BookingRow } from '../bookings/view';

type AuthorizationRow = Prisma.AuthorizationGetPayload<object>;

/** A booking's money as the ledger has it, as of one moment. */
export interface BookedMoney {
  readonly booking: BookingRow;
  readonly authorizations: readonly AuthorizationRow[];
  readonly entries: readonly Prisma.LedgerEntryGetPayload<{ include: { fact: true } }>[];
  readonly cases: readonly Prisma.PaymentCaseGetPayload<object>[];
}

/** Reads the ledger of one booking. */
export async function readMoney(database: Database, id: string): Promise<BookedMoney> {
  const where = { bookingId: id };
  // One snapshot: what the row says and what the ledger adds up to must be of the same moment.
  const [booking, authorizations, entries, cases] = await database.$transaction(
    [
      database.booking.findUniqueOrThrow({ where: { id } }),
      database.authorization.findMany({
        where,
        orderBy: [{ createdAt: 'asc' }, { authorizationId: 'asc' }],
      }),
      database.ledgerEntry.findMany({
        where,
        include: { fact: true },
        orderBy: [{ fact: { sequence: 'asc' } }, { line: 'asc' }],
      }),
      database.paymentCase.findMany({ where, orderBy: { createdAt: 'asc' } }),
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  return { booking, authorizations, entries, cases };
}

/** What can be done with a booking's money now, and where it is; decimal. */
export function sumsOf({ booking, authorizations, entries, cases }: BookedMoney) {
  const { currency } = booking;
  const decimal = (amount: number) => toDecimal({ amount, currency });
  const sum = (of: (row: AuthorizationRow) => number) =>
    authorizations.reduce((total, row) => total + of(row), 0);
  const balance = balanceOf(entries.map((entry) => ({ ...entry, account: entry.account as Account })));
  return {
    authorized: decimal(sum((row) => row.authorized)),
    held: decimal(sum((row) => row.held)),
    voided: decimal(sum((row) => row.voided)),
    captured: decimal(balance.paidIn),
    refunded: decimal(balance.refunded),
    refundable: toDecimal(refundable({ booking, authorizations, entries, cases })),
    disputed: decimal(balance.disputed),
    paidOut: decimal(balance.paidOut),
    commission: decimal(balance.commission),
    withUs: decimal(balance.held),
    ownerOwes: decimal(balance.ownerOwes),
    currency,
  };
}

/** What can still go back: not what open refunds have set aside. */
export function refundable({ booking, authorizations, entries, cases }: BookedMoney): Money {
  const whole = authorizations.reduce((total, row) => total + refundableOf(authorizationOf(row)).amount, 0);
  const goingBack = cases
    .filter(({ kind, status }) => kind === 'refund' && status === 'open')
    .reduce((total, { caseId, amount }) => total + amount - bookedFor(entries, caseId), 0);
  return { amount: Math.max(0, whole - goingBack), currency: booking.currency };
}

/** What is held and can be taken. */
export function capturable({ booking, authorizations }: BookedMoney): Money {
  return { amount: authorizations.reduce((total, { held }) => total + held, 0), currency: booking.currency };
}

function bookedFor(entries: BookedMoney['entries'], caseId: string): number {
  return entries
    .filter(
      ({ account, amount, fact }) => account === 'guest' && amount > 0 && caseIdIn(fact.details) === caseId,
    )
    .reduce((total, { amount }) => total + amount, 0);
}

function caseIdIn(details: unknown): unknown {
  return (details as { caseId?: unknown }).caseId;
}

function authorizationOf(row: AuthorizationRow): AuthorizationBalance {
  return row;
}
