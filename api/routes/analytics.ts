import { z } from 'zod';
import { ALERT_KINDS } from '../../domain/analytics/alerts';
import { asMidnightUtc } from '../../domain/stay-dates';
import { alertsOf, MOST_ALERTS } from '../analytics/alerts';
import { figuresOf, reportOf, trendsOf } from '../analytics/answers';
import { toCsv } from '../analytics/csv';
import { forecastOf } from '../analytics/forecast';
import { inTurn } from '../analytics/in-turn';
import {
  alertExample,
  alertSchema,
  figuresExample,
  forecastDay,
  forecastExample,
  kpiLine,
  occupancyLine,
  reportLine,
  revenueLine,
  trendLine,
} from '../analytics/schemas';
import { askedDays, chosenItems, MOST_DAYS, spanFields, todayOf, whichItems } from '../analytics/scope';
import { GROUPINGS, type Grouping } from '../analytics/tally';
import { alertView, forecastView } from '../analytics/view';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { fieldProblem } from '../http/validate';

const TAG = 'analytics';
const ANALYTICS = '/api/analytics';
const ROLES = ['owner', 'admin'] as const;
const PROBLEMS = ['invalid-request', 'invalid-dates', 'not-found'] as const;
const CSV = 'text/csv';

const SPAN =
  `Days of [from, to), ${MOST_DAYS} at most; without them the thirty before today. Owners see their own items. ` +
  'A line for each currency: amounts of two are never summed up. `countedUntil` is when the newest fact happened that ' +
  'is in it.';

const countedUntil = z.iso.datetime().nullable();
const answer = <Line extends z.ZodType>(line: Line) =>
  z.object({
    success: z.literal(true),
    data: z.object({
      from: z.iso.date(),
      to: z.iso.date(),
      groupBy: z.enum(GROUPINGS),
      countedUntil,
      lines: z.array(line),
    }),
  });
const example = (groupBy: Grouping, line: object) => ({
  success: true,
  data: {
    ...{ from: '2026-11-01', to: '2026-12-01', groupBy, countedUntil: '2026-12-01T09:30:00.000Z' },
    lines: [line],
  },
});

/** What the analytics engine counts, foresees and watches for. */
export function analyticsRoutes(deps: ApiDeps): Route[] {
  return inTurn([
    figuresRoute(deps, {
      path: `${ANALYTICS}/kpis`,
      summary: 'All figures of a span of days',
      usually: 'all',
      line: kpiLine,
      example: { key: 'all', currency: 'USD', ...figuresExample },
    }),
    figuresRoute(deps, {
      path: `${ANALYTICS}/occupancy`,
      summary: 'Sold and available item nights, day by day',
      usually: 'day',
      line: occupancyLine,
      example: { key: '2026-11-01', currency: 'USD', availableNights: 10, soldNights: 8, occupancy: 0.8 },
    }),
    figuresRoute(deps, {
      path: `${ANALYTICS}/revenue`,
      summary: 'Revenue of the sold nights and money moved, day by day',
      usually: 'day',
      line: revenueLine,
      example: {
        ...{ key: '2026-11-01', currency: 'USD', soldNights: 8, revenue: 960, adr: 120, revPar: 96 },
        ...{ captured: 1200, refunded: 0 },
      },
    }),
    trendsRoute(deps),
    forecastRoute(deps),
    alertsRoute(deps),
    reportsRoute(deps),
  ]);
}

interface FiguresRouteSpec {
  readonly path: string;
  readonly summary: string;
  readonly usually: Grouping;
  readonly line: z.ZodObject;
  readonly example: object;
}

function figuresRoute(
  deps: ApiDeps,
  { path, summary, usually, line, example: one }: FiguresRouteSpec,
): Route {
  return route({
    method: 'get',
    path,
    tag: TAG,
    summary,
    description: SPAN,
    roles: ROLES,
    query: z.object({
      ...spanFields,
      ...whichItems,
      groupBy: z.enum(GROUPINGS).default(usually).meta({ description: 'A line for each of these.' }),
    }),
    answers: {
      200: { description: 'The figures', schema: answer(line), example: example(usually, one) },
    },
    problems: PROBLEMS,
    handle: async ({ caller, query }) => {
      const span = askedDays(query, todayOf(deps.now()));
      const items = await chosenItems(deps, caller, query);
      const { lines, countedUntil } = await figuresOf(deps.database, items, span, query.groupBy);
      // The route's own figures of all there are.
      const shown = lines.map((figures) => line.parse(figures));
      const data = { from: span.start, to: span.end, groupBy: query.groupBy, countedUntil, lines: shown };
      return { status: 200, body: { success: true, data } };
    },
  });
}

function trendsRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: `${ANALYTICS}/trends`,
    tag: TAG,
    summary: 'How the figures changed against as many days before',
    description: `${SPAN} Each figure comes as it is \`now\`, in these days, and \`before\`, in as many before them.`,
    roles: ROLES,
    query: z.object({
      ...spanFields,
      ...whichItems,
      groupBy: z.enum(['all', 'item', 'owner', 'kind']).default('all'),
    }),
    answers: {
      200: {
        description: 'The changes',
        schema: z.object({
          success: z.literal(true),
          data: z.object({
            from: z.iso.date(),
            to: z.iso.date(),
            beforeFrom: z.iso.date(),
            countedUntil,
            lines: z.array(trendLine),
          }),
        }),
      },
    },
    problems: PROBLEMS,
    handle: async ({ caller, query }) => {
      const span = askedDays(query, todayOf(deps.now()));
      const items = await chosenItems(deps, caller, query);
      const data = await trendsOf(deps.database, items, span, query.groupBy);
      return { status: 200, body: { success: true, data } };
    },
  });
}

function forecastRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: `${ANALYTICS}/forecast`,
    tag: TAG,
    summary: 'What the days to come will probably bring',
    description:
      `Days of [from, to), from today on, ${MOST_DAYS} at most; without them thirty from today. For each what is on the ` +
      'books, what days of the past still gained from the same distance on (`expectedPickUp`), and both together. ' +
      'Where there is too little history, what is on the books alone, and `method` says so.',
    roles: ROLES,
    query: z.object({ ...spanFields, ...whichItems }),
    answers: {
      200: {
        description: 'The forecast, by currency',
        schema: z.object({
          success: z.literal(true),
          data: z.object({
            today: z.iso.date(),
            forecasts: z.array(z.object({ currency: z.string(), days: z.array(forecastDay) })),
          }),
        }),
        example: {
          success: true,
          data: { today: '2026-12-01', forecasts: [{ currency: 'USD', days: [forecastExample] }] },
        },
      },
    },
    problems: PROBLEMS,
    handle: async ({ caller, query }) => {
      const today = todayOf(deps.now());
      const span = askedDays(query, today, 'future');
      if (span.start < today) {
        const message = `${span.start} is past: what was is in kpis; ask from ${today} on`;
        throw fieldProblem('invalid-dates', [{ field: 'from', message }]);
      }
      const items = await chosenItems(deps, caller, query);
      const forecasts = (await forecastOf(deps.database, items, today, span)).map(({ currency, nights }) => ({
        currency,
        days: nights.map((night) => forecastView(night, currency)),
      }));
      return { status: 200, body: { success: true, data: { today, forecasts } } };
    },
  });
}

function alertsRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: `${ANALYTICS}/alerts`,
    tag: TAG,
    summary: 'What is out of the ordinary',
    description:
      `The newest ${MOST_ALERTS}, by when they were opened. Owners see what is about their items and payments; lag of ` +
      'consumer groups is for administrators.',
    roles: ROLES,
    query: z.object({
      status: z.enum(['open', 'closed', 'all']).default('open'),
      kind: z.enum(ALERT_KINDS).optional(),
      from: spanFields.from.meta({ description: 'Opened on this day or later, UTC.' }),
      to: spanFields.to.meta({ description: 'Opened before this day, UTC.' }),
    }),
    answers: {
      200: {
        description: 'The alerts, newest first',
        schema: z.object({ success: z.literal(true), data: z.object({ alerts: z.array(alertSchema) }) }),
        example: { success: true, data: { alerts: [alertExample] } },
      },
    },
    problems: ['invalid-request', 'invalid-dates'],
    handle: async ({ caller, query: { from, to, ...asked } }) => {
      const rows = await alertsOf(deps.database, caller, {
        ...asked,
        from: from && asMidnightUtc(from),
        to: to && asMidnightUtc(to),
      });
      return { status: 200, body: { success: true, data: { alerts: rows.map(alertView) } } };
    },
  });
}

function reportsRoute(deps: ApiDeps): Route {
  const heads = Object.keys(reportLine.shape) as (keyof typeof reportLine.shape)[];
  return route({
    method: 'get',
    path: `${ANALYTICS}/reports`,
    tag: TAG,
    summary: 'All figures, a line for each item',
    description: `${SPAN} As a table with \`Accept: text/csv\` or \`?format=csv\`.`,
    roles: ROLES,
    query: z.object({ ...spanFields, ...whichItems, format: z.enum(['json', 'csv']).optional() }),
    answers: {
      200: {
        description: 'The report',
        schema: z.object({
          success: z.literal(true),
          data: z.object({ from: z.iso.date(), to: z.iso.date(), countedUntil, lines: z.array(reportLine) }),
        }),
        text: CSV,
      },
    },
    problems: PROBLEMS,
    handle: async ({ caller, query, prefers }) => {
      const span = askedDays(query, todayOf(deps.now()));
      const items = await chosenItems(deps, caller, query);
      const { lines, countedUntil } = await reportOf(deps.database, items, span);
      const asCsv = query.format ? query.format === 'csv' : prefers('application/json', CSV) === CSV;
      if (!asCsv) {
        const data = { from: span.start, to: span.end, countedUntil, lines };
        return { status: 200, body: { success: true, data } };
      }
      const body = toCsv(
        heads,
        lines.map((line) => heads.map((head) => line[head])),
      );
      const name = `report-${span.start}-${span.end}.csv`;
      return {
        status: 200,
        contentType: `${CSV}; charset=utf-8`,
        headers: { 'Content-Disposition': `attachment; filename="${name}"` },
        body,
      };
    },
  });
}
