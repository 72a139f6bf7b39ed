import { agreementIn, type ToldAgreement } from '../../domain/agreement';
import type { BookingTerms, ReasonCode } from '../../domain/booking';
import type { BookingState, FactType, UndoStatus } from '../../domain/booking-state';
import { moneyIn } from '../../domain/fact-details';
import type { System } from '../../domain/item';
import { toDecimal } from '../../domain/money';
import type { CalendarDate } from '../../domain/stay-dates';
import { countNights } from '../../domain/stay-dates';
import { statusWord } from '../../domain/system-status';
import type { BookingFactRow, Booking as BookingRow } from '../../prisma/generated/client';
import type { BookingView } from './schemas';

export type { BookingRow };

/** A `date` column as the day it holds. */
export function dayOf(column: Date): CalendarDate {
  return column.toISOString().slice(0, 10) as CalendarDate;
}

/** A booking's row, whose constraints vouch for its words, as every answer shows it. */
export function bookingView(row: BookingRow): BookingView {
  const start = dayOf(row.startDate);
  const end = dayOf(row.endDate);
  const state = row.state as BookingState;
  const system = row.system as System;
  const totalPrice = toDecimal({ amount: row.priceAmount, currency: row.currency });
  const { checkInAt, checkOutAt } = row.terms as unknown as BookingTerms;
  return {
    id: row.id,
    _id: row.id,
    system,
    state,
    confirmationNumber: row.confirmationNumber,
    status: statusWord(system, state),
    undo: row.undo as UndoStatus,
    sequence: row.sequence,
    reason: row.reason,
    reasonCode: row.reasonCode as ReasonCode | null,
    propertyId: row.itemId,
    propertyName: row.itemName,
    travelerId: row.travelerId,
    ownerId: row.ownerId,
    startDate: start,
    endDate: end,
    checkIn: start,
    checkOut: end,
    nights: countNights({ start, end }),
    guests: row.guests,
    totalPrice,
    currency: row.currency,
    ratePlan: row.ratePlan,
    paymentStatus: row.paymentStatus as BookingView['paymentStatus'],
    paymentActionUrl: row.paymentActionUrl,
    decisionBy: row.decisionBy.toISOString(),
    paymentBy: row.paymentBy?.toISOString() ?? null,
    checkInAt,
    checkOutAt,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    property_id: row.itemId,
    check_in_date: start,
    check_out_date: end,
    total_price: totalPrice,
  };
}

/** One line of a booking's event log. */
export function timelineEntry(fact: BookingFactRow) {
  return {
    sequence: fact.sequence,
    type: fact.type as FactType,
    fromState: fact.fromState,
    state: fact.state,
    undo: fact.undo,
    actor: fact.actor,
    reason: fact.reason,
    reasonCode: fact.reasonCode,
    details: wireDetails(fact.details),
    attempts: fact.attempts,
    at: fact.at.toISOString(),
  };
}

/** A fact's details with its money as decimals, all of it in one currency. */
function wireDetails(details: unknown): Record<string, unknown> {
  const entries = Object.entries(details as Record<string, unknown>);
  const currency = entries.map(([, value]) => moneyIn(value)?.currency).find((found) => found !== undefined);
  const onWire = entries.map(([name, value]) => {
    const money = moneyIn(value);
    if (money) return [name, toDecimal(money)];
    const agreement = agreementIn(value);
    return [name, agreement ? wireAgreement(agreement) : value];
  });
  return { ...Object.fromEntries(onWire), ...(currency !== undefined && { currency }) };
}

function wireAgreement({ price, stay, ...agreement }: ToldAgreement) {
  return { ...agreement, checkIn: stay.start, checkOut: stay.end, totalPrice: toDecimal(price) };
}
