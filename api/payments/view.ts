import type { BookingState } from '../../domain/booking-state';
import type { Account } from '../../domain/ledger';
import { toDecimal } from '../../domain/money';
import { type BookedMoney, sumsOf } from './balance';
import type { PaymentView } from './schemas';

/** A booking's money as its answers show it, in decimals. */
export function paymentView(money: BookedMoney): PaymentView {
  const { booking, authorizations, entries } = money;
  const { currency } = booking;
  const decimal = (amount: number) => toDecimal({ amount, currency });
  const cases = money.cases.map((each) => ({
    caseId: each.caseId,
    kind: each.kind as PaymentView['disputes'][number]['kind'],
    status: each.status as PaymentView['disputes'][number]['status'],
    amount: decimal(each.amount),
    code: each.code,
    createdAt: each.createdAt.toISOString(),
    closedAt: each.closedAt?.toISOString() ?? null,
  }));
  return {
    bookingId: booking.id,
    confirmationNumber: booking.confirmationNumber,
    state: booking.state as BookingState,
    status: booking.paymentStatus as PaymentView['status'],
    ...sumsOf(money),
    authorizations: authorizations.map((row) => ({
      authorizationId: row.authorizationId,
      authorized: decimal(row.authorized),
      captured: decimal(row.captured),
      voided: decimal(row.voided),
      held: decimal(row.held),
      refunded: decimal(row.refunded),
      disputed: decimal(row.disputed),
      chargedBack: decimal(row.chargedBack),
      createdAt: row.createdAt.toISOString(),
    })),
    ledger: entries.map(({ factId, fact, account, amount }) => ({
      factId,
      sequence: fact.sequence,
      type: fact.type,
      at: fact.at.toISOString(),
      account: account as Account,
      amount: decimal(amount),
    })),
    disputes: cases.filter(({ kind }) => kind === 'dispute'),
    refunds: cases.filter(({ kind }) => kind !== 'dispute'),
  };
}
