import type { AlertStatus } from '../../domain/analytics/alerts';
import { ratiosOf, type Tallies } from '../../domain/analytics/figures';
import type { ForecastNight, Nights } from '../../domain/analytics/forecast';
import { toDecimal } from '../../domain/money';
import type { AlertRow } from './alerts';
import type { AlertView, Figures, ForecastDay } from './schemas';

/** All figures of a line, amounts decimal in its currency. */
export function figuresView(counted: Tallies, currency: string): Figures {
  const { requests, bookings, cancellations, noShows, available, sold } = counted;
  const ratios = ratiosOf(counted);
  const decimal = (amount: number) => toDecimal({ amount, currency });
  const decimalOrNull = (amount: number | null) => (amount === null ? null : decimal(amount));
  return {
    requests,
    conversion: ratios.conversion,
    bookings,
    cancellations,
    noShows,
    leadTimeDays: ratios.leadTime,
    lengthOfStayNights: ratios.lengthOfStay,
    availableNights: available,
    soldNights: sold,
    occupancy: ratios.occupancy,
    revenue: decimal(counted.revenue),
    adr: decimalOrNull(ratios.averageRate),
    revPar: decimalOrNull(ratios.revenuePerAvailable),
    captured: decimal(counted.captured),
    refunded: decimal(counted.refunded),
  };
}

export function forecastView(night: ForecastNight, currency: string): ForecastDay {
  const { pickUp, forecast } = night;
  const nights = ({ sold, revenue }: Nights) => ({
    soldNights: Number(sold.toFixed(2)),
    revenue: toDecimal({ amount: Math.round(revenue), currency }),
  });
  return {
    date: night.night,
    availableNights: night.available,
    onTheBooks: nights(night.onTheBooks),
    expectedPickUp: pickUp && { ...nights(pickUp), nightsOfHistory: pickUp.nights },
    forecast: { ...nights(forecast), occupancy: forecast.occupancy },
    method: pickUp ? 'pick-up' : 'on-the-books',
  };
}

export function alertView(row: AlertRow): AlertView {
  const status: AlertStatus = row.closed_at === null ? 'opened' : 'closed';
  return {
    id: row.id,
    kind: row.kind,
    status,
    subject: row.subject,
    itemId: row.item_id,
    ownerId: row.owner_id,
    text: row.text,
    observed: row.observed,
    openedAt: row.opened_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}
