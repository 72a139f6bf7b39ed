import type { BookingTerms } from '../../domain/booking';
import { type BookingState, isEnded } from '../../domain/booking-state';
import { type CancellationPolicy, refundAfter } from '../../domain/cancellation';
import { moneyIn } from '../../domain/fact-details';
import { propertyIdOf, roomTypeOf } from '../../domain/hotel';
import type { ItemId } from '../../domain/ids';
import { type Money, toDecimal } from '../../domain/money';
import type { Database } from '../../platform/database/client';
import type { BookingFactRow, Person } from '../../prisma/generated/client';
import { type BookingRow, bookingView } from '../bookings/view';
import { type PricingDetails, pricingDetailsOf } from '../rates/pricing-details';
import type { ReservationView } from './schemas';

const HOUR_MS = 3_600_000;

/** What a reservation's answers are made of. */
export interface ReservationRows {
  readonly booking: BookingRow;
  readonly facts: readonly BookingFactRow[];
  /** Null where nothing is known of the guest, or it was erased. */
  readonly guest: Person | null;
  /** What the price is made of. */
  readonly pricingDetails: PricingDetails;
}

export async function readReservation(database: Database, bookingId: string): Promise<ReservationRows> {
  // One snapshot: what the row says and what its facts add up to must be of the same moment.
  const [booking, facts] = await database.$transaction(
    [
      database.booking.findUniqueOrThrow({ where: { id: bookingId } }),
      database.bookingFactRow.findMany({ where: { bookingId }, orderBy: { sequence: 'asc' } }),
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  const [guest, pricingDetails] = await Promise.all([
    database.person.findUnique({ where: { id: booking.travelerId } }),
    pricingDetailsOf(database, booking),
  ]);
  return { booking, facts, guest, pricingDetails };
}

export function reservationView({ booking, facts, guest, pricingDetails }: ReservationRows): ReservationView {
  const view = bookingView(booking);
  const terms = booking.terms as unknown as BookingTerms;
  const itemId = booking.itemId as ItemId;
  const price = { amount: booking.priceAmount, currency: booking.currency };
  const { id, _id, system, state, status, undo, sequence, reason, reasonCode, ownerId } = view;
  const { createdAt, updatedAt, decisionBy, paymentBy } = view;
  return {
    ...{ id, _id, system, state, status, undo, sequence, reason, reasonCode, ownerId },
    ...{ createdAt, updatedAt, decisionBy, paymentBy },
    confirmationNumber: booking.confirmationNumber ?? '',
    propertyId: propertyIdOf(itemId),
    roomType: roomTypeOf(itemId) ?? '',
    guestDetails: { guestId: booking.travelerId, name: guest?.name ?? null, email: guest?.email ?? null },
    stayDetails: {
      roomName: booking.itemName,
      checkIn: view.checkIn,
      checkOut: view.checkOut,
      nights: view.nights,
      guests: view.guests,
      rooms: booking.quantity,
      checkInFrom: terms.checkInFrom ?? terms.checkInAt,
      checkInAt: terms.checkInAt,
      checkOutAt: terms.checkOutAt,
      noShowAt: terms.noShowAt ?? terms.checkOutAt,
    },
    pricingDetails: {
      ...{ totalPrice: toDecimal(price), currency: price.currency, ratePlan: view.ratePlan },
      ...pricingDetails,
    },
    payment: {
      status: view.paymentStatus,
      reference: booking.authorizationId,
      ...sums(facts, price),
      currency: price.currency,
    },
    cancellation: { ...policyView(terms), ...feeView(view.state, facts, price) },
  };
}

/** How much was moved in which way, from the log. */
function sums(facts: readonly BookingFactRow[], price: Money) {
  const sum = (counts: (fact: BookingFactRow, details: Record<string, unknown>) => boolean) => {
    const counted = facts.filter((fact) => counts(fact, fact.details as Record<string, unknown>));
    const amounts = counted.map(
      ({ details }) => moneyIn((details as Record<string, unknown>).amount)?.amount,
    );
    return toDecimal({ ...price, amount: amounts.reduce<number>((all, each) => all + (each ?? 0), 0) });
  };
  const undone = (step: string, outcomes: readonly string[], ...besides: string[]) =>
    sum(
      ({ type }, d) =>
        besides.includes(type) ||
        (type === 'undo.completed' && d.step === step && outcomes.includes(String(d.outcome))),
    );
  return {
    authorized: sum(({ type }) => type === 'payment.authorized'),
    captured: sum(({ type }, { kind }) => type === 'payment.captured' && kind !== 'refund-failed'),
    voided: undone('void-authorization', ['voided', 'rest-released'], 'payment.voided'),
    refunded: undone('refund-payment', ['refunded'], 'payment.refunded', 'payment.dispute-lost'),
    settled: sum(({ type }) => type === 'payment.settled'),
  };
}

function policyView({ cancellation, checkInAt }: BookingTerms) {
  const policy: Pick<CancellationPolicy, 'tiers'> & Partial<CancellationPolicy> = cancellation ?? {
    tiers: [],
  };
  return {
    tiers: policy.tiers.map(({ hoursBefore, refundPercent }) => ({
      hoursBefore,
      until: new Date(Date.parse(checkInAt) - hoursBefore * HOUR_MS).toISOString(),
      refundPercent,
    })),
    noShow: policy.noShow ?? null,
  };
}

/** What the ending has cost, once there is one. A stay that was lived has none. */
function feeView(state: BookingState, facts: readonly BookingFactRow[], price: Money) {
  if (!isEnded(state) || state === 'CHECKED_OUT') return { fee: null, refund: null };
  const ending = facts.find(({ type }) => type === 'booking.cancelled' || type === 'booking.no-show');
  const fee = moneyIn((ending?.details as { fee?: unknown } | undefined)?.fee) ?? { ...price, amount: 0 };
  return { fee: toDecimal(fee), refund: toDecimal(refundAfter(price, fee)) };
}
