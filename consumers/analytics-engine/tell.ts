import type { ReservationChange } from '../../domain/analytics/changes';
import type { BookingState } from '../../domain/booking-state';
import { propertyIdOf, roomTypeOf } from '../../domain/hotel';
import type { ItemId } from '../../domain/ids';
import type { ItemKind, System } from '../../domain/item';
import { toDecimal } from '../../domain/money';
import { asMidnightUtc, type CalendarDate, countNights } from '../../domain/stay-dates';
import { ANALYTICS_GROUP } from '../../domain/topics';
import type { Transaction } from '../../platform/database/transactions';
import { publish } from '../publish';

interface UntoldRow {
  readonly fact_id: string;
  readonly change: ReservationChange;
  readonly state: BookingState;
  readonly sequence: number;
  readonly at: Date;
  readonly item_id: ItemId;
  readonly confirmation_number: string | null;
  readonly start_date: CalendarDate | null;
  readonly end_date: CalendarDate | null;
  readonly quantity: number | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly system: System;
  readonly kind: ItemKind;
  readonly owner_id: string;
}

/** Publishes the changes of a booking that were counted and not told: all of them, once its item is known. */
export async function tellChanges(transaction: Transaction, bookingId: string): Promise<void> {
  const untold = await transaction.query<UntoldRow>(
    `UPDATE analytics.changes c SET told = true
     FROM analytics.bookings b JOIN booking.items i ON i.id = b.item_id
     WHERE c.booking_id = $1 AND NOT c.told AND b.booking_id = c.booking_id
     RETURNING c.fact_id, c.change, c.state, c.sequence, c.at, b.item_id, b.confirmation_number,
       b.start_date::text, b.end_date::text, b.quantity, b.amount, b.currency, i.system, i.kind, i.owner_id`,
    [bookingId],
  );
  for (const row of untold.sort((a, b) => a.sequence - b.sequence)) {
    const propertyId = propertyIdOf(row.item_id);
    await publish(transaction, {
      publisher: ANALYTICS_GROUP,
      event: `reservation ${row.fact_id}`,
      topic: 'analyticsReservation',
      key: propertyId,
      at: row.at.toISOString(),
      message: {
        confirmationNumber: row.confirmation_number,
        bookingId,
        system: row.system,
        propertyId,
        itemId: row.item_id,
        itemKind: row.kind,
        ownerId: row.owner_id,
        change: row.change,
        stayDetails: stayDetails(row),
        pricingDetails: pricingDetails(row),
        state: row.state,
        sequence: row.sequence,
      },
    });
  }
}

function stayDetails({ item_id, start_date: start, end_date: end, quantity }: UntoldRow) {
  if (start === null || end === null) return null;
  return {
    roomType: roomTypeOf(item_id) ?? null,
    checkIn: asMidnightUtc(start),
    checkOut: asMidnightUtc(end),
    nights: countNights({ start, end }),
    rooms: quantity ?? 1,
  };
}

function pricingDetails({ amount, currency }: UntoldRow) {
  if (amount === null || currency === null) return null;
  return { totalPrice: toDecimal({ amount: Number(amount), currency }), currency };
}
