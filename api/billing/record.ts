import type { ReasonCode } from '../../domain/booking';
import type { BookingState, UndoStatus } from '../../domain/booking-state';
import type { BookingId } from '../../domain/ids';
import type { ItemKind, System } from '../../domain/item';
import { toDecimal } from '../../domain/money';
import { countNights } from '../../domain/stay-dates';
import { statusWord } from '../../domain/system-status';
import { travelTypeOf } from '../../domain/travel-type';
import type { Database } from '../../platform/database/client';
import type { Prisma } from '../../prisma/generated/client';
import { outcomeUnknown } from '../bookings/saga-problems';
import { dayOf } from '../bookings/view';
import type { ApiDeps } from '../deps';
import type { BillingView } from './schemas';

export type { BillingView };

type Row = Prisma.BillingRecordGetPayload<{ include: { booking: true } }>;

/** The bill of a booking as answers show it; undefined where it was sold without one. */
export async function findBilling(
  database: Database,
  bookingId: BookingId,
): Promise<BillingView | undefined> {
  const row = await database.billingRecord.findUnique({ where: { bookingId }, include: { booking: true } });
  return row ? billingView(row) : undefined;
}

/**
 * The bill of a booking that was just opened or changed.
 * @throws {Problem} `outcome-unknown` where it cannot be read: what was asked for has happened
 */
export async function billingAfter(deps: ApiDeps, bookingId: BookingId): Promise<BillingView> {
  const billing = await findBilling(deps.database, bookingId).catch((error: unknown) => {
    deps.logger.error({ err: error, bookingId }, 'a bill could not be read after its saga answered');
    throw outcomeUnknown(bookingId);
  });
  if (!billing) throw new Error(`booking ${bookingId} has no bill`);
  return billing;
}

/** What the traveler said of the journey; empty where nothing was said or it has been erased. */
export async function findDetails(
  database: Database,
  bookingId: string,
): Promise<Readonly<Record<string, unknown>>> {
  const row = await database.bookingDetails.findUnique({ where: { bookingId } });
  return (row?.details ?? {}) as Record<string, unknown>;
}

/** A bill's row and its booking's, whose constraints vouch for their words. */
function billingView(row: Row): BillingView {
  const { booking } = row;
  const state = booking.state as BookingState;
  return {
    id: row.id,
    _id: row.id,
    billingId: row.id,
    bookingId: row.bookingId,
    userId: row.travelerId,
    type: travelTypeOf(booking.itemKind as ItemKind),
    itemId: booking.itemId,
    itemName: booking.itemName,
    startDate: dayOf(booking.startDate),
    endDate: dayOf(booking.endDate),
    quantity: booking.quantity,
    totalAmountPaid: toDecimal({ amount: row.amount, currency: row.currency }),
    currency: row.currency,
    status: row.status as BillingView['status'],
    invoiceNumber: row.invoiceNumber,
    invoice: invoiceOf(row),
    payment: { status: booking.paymentStatus as BillingView['payment']['status'] },
    bookingStatus: statusWord(booking.system as System, state),
    state,
    undo: booking.undo as UndoStatus,
    sequence: booking.sequence,
    reason: booking.reason,
    reasonCode: booking.reasonCode as ReasonCode | null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: booking.updatedAt.toISOString(),
  };
}

function invoiceOf(row: Row): BillingView['invoice'] {
  if (row.invoiceNumber === null || row.invoicedAt === null) return null;
  const { booking } = row;
  const amount = toDecimal({ amount: row.amount, currency: row.currency });
  const stay = { start: dayOf(booking.startDate), end: dayOf(booking.endDate) };
  const what =
    booking.itemKind === 'flight'
      ? `${booking.itemName}, ${stay.start}`
      : `${booking.itemName}, ${stay.start} to ${stay.end}`;
  const sold = { description: what, quantity: booking.quantity, days: countNights(stay), amount };
  const refunded = { ...sold, description: `Refund: ${what}`, amount: -amount };
  return {
    number: row.invoiceNumber,
    issuedAt: row.invoicedAt.toISOString(),
    lines: row.status === 'refunded' ? [sold, refunded] : [sold],
    total: row.status === 'refunded' ? 0 : amount,
    currency: row.currency,
  };
}
