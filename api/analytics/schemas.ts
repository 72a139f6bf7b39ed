import { z } from 'zod';
import { ALERT_KINDS, ALERT_STATUSES } from '../../domain/analytics/alerts';

const count = z.number();
const ratio = z.number().nullable();

export const figuresSchema = z
  .object({
    requests: count.meta({ description: 'Bookings that were asked for.' }),
    conversion: ratio.meta({
      description: 'Of the requests that are decided, the share that was confirmed.',
    }),
    bookings: count.meta({ description: 'Bookings that were confirmed.' }),
    cancellations: count.meta({ description: 'Confirmed bookings that were called off.' }),
    noShows: count,
    leadTimeDays: ratio.meta({ description: 'From request to arrival, mean of the bookings.' }),
    lengthOfStayNights: ratio.meta({ description: 'Mean of the bookings; flights have none.' }),
    availableNights: count.meta({ description: 'Item nights that there were to sell.' }),
    soldNights: count,
    occupancy: ratio.meta({ description: 'Sold of available; 0.85 is 85 %.' }),
    revenue: z.number().meta({ description: 'Of the sold nights, tax included.' }),
    adr: ratio.meta({ description: 'Revenue of a sold night.' }),
    revPar: ratio.meta({ description: 'Revenue of an available night.' }),
    captured: z.number().meta({ description: 'Money taken on these days.' }),
    refunded: z.number().meta({ description: 'Money given back on these days, disputes included.' }),
  })
  .meta({ id: 'AnalyticsFigures', description: 'docs/analytics.md has the exact definitions.' });
export type Figures = z.output<typeof figuresSchema>;

export const figuresExample: Figures = {
  ...{ requests: 40, conversion: 0.9211, bookings: 35, cancellations: 3, noShows: 1 },
  ...{ leadTimeDays: 21.4, lengthOfStayNights: 2.66, availableNights: 300, soldNights: 246, occupancy: 0.82 },
  ...{ revenue: 29520, adr: 120, revPar: 98.4, captured: 27600, refunded: 360 },
};

const keyed = {
  key: z.string().meta({ description: 'The item, owner, kind or day; `all`.' }),
  currency: z.string(),
};

export const kpiLine = figuresSchema.extend(keyed).meta({ id: 'AnalyticsKpis' });
export const occupancyLine = figuresSchema
  .pick({ availableNights: true, soldNights: true, occupancy: true })
  .extend(keyed)
  .meta({ id: 'AnalyticsOccupancy' });
export const revenueLine = figuresSchema
  .pick({ soldNights: true, revenue: true, adr: true, revPar: true, captured: true, refunded: true })
  .extend(keyed)
  .meta({ id: 'AnalyticsRevenue' });

/** Figures that trends compare. */
export const TRENDS = [
  'requests',
  'conversion',
  'bookings',
  'cancellations',
  'leadTimeDays',
  'lengthOfStayNights',
  'soldNights',
  'occupancy',
  'revenue',
  'adr',
  'revPar',
] as const satisfies readonly (keyof Figures)[];

const compared = z.object({
  now: ratio,
  before: ratio,
  change: ratio.meta({ description: '0.1 is 10 % more than before.' }),
});
export const trendLine = z
  .object({ ...keyed, ...(Object.fromEntries(TRENDS.map((name) => [name, compared])) as Trends) })
  .meta({ id: 'AnalyticsTrend' });
type Trends = Record<(typeof TRENDS)[number], typeof compared>;
export type TrendLine = z.output<typeof trendLine>;

export const reportLine = figuresSchema
  .extend({
    itemId: z.string(),
    name: z.string(),
    kind: z.string(),
    ownerId: z.string(),
    currency: z.string(),
  })
  .meta({ id: 'AnalyticsReportLine' });
export type ReportLine = z.output<typeof reportLine>;

const nights = z.object({ soldNights: z.number(), revenue: z.number() });
export const forecastDay = z
  .object({
    date: z.iso.date(),
    availableNights: count,
    onTheBooks: nights,
    expectedPickUp: nights
      .extend({ nightsOfHistory: z.int() })
      .nullable()
      .meta({ description: 'Null where there is too little history to tell.' }),
    forecast: nights.extend({ occupancy: ratio }),
    method: z.enum(['pick-up', 'on-the-books']),
  })
  .meta({ id: 'AnalyticsForecastDay' });
export type ForecastDay = z.output<typeof forecastDay>;

export const forecastExample: ForecastDay = {
  date: '2026-12-24',
  availableNights: 10,
  onTheBooks: { soldNights: 6, revenue: 720 },
  expectedPickUp: { soldNights: 1.5, revenue: 180, nightsOfHistory: 152 },
  forecast: { soldNights: 7.5, revenue: 900, occupancy: 0.75 },
  method: 'pick-up',
};

export const alertSchema = z
  .object({
    id: z.string(),
    kind: z.enum(ALERT_KINDS),
    status: z.enum(ALERT_STATUSES),
    subject: z.string().meta({ description: 'An item, an owner or a consumer group.' }),
    itemId: z.string().nullable(),
    ownerId: z.string().nullable().meta({ description: "Whose business it is; null: the operators'." }),
    text: z.string(),
    observed: z.record(z.string(), z.unknown()).meta({ description: 'What was seen when it was opened.' }),
    openedAt: z.iso.datetime(),
    closedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AnalyticsAlert' });
export type AlertView = z.output<typeof alertSchema>;

export const alertExample: AlertView = {
  id: '7d1f0c1a52c84e5a9b0f3c6e2d4a8b91',
  kind: 'overbooking',
  status: 'opened',
  subject: 'HOTEL-001:STD',
  itemId: 'HOTEL-001:STD',
  ownerId: 'owner-3',
  text: 'HOTEL-001:STD is sold beyond its capacity on 1 night, first on 2026-12-24: 11 of 10.',
  observed: { nights: 1, first: '2026-12-24', sold: 11, capacity: 10 },
  openedAt: '2026-11-02T09:30:00.000Z',
  closedAt: null,
};
