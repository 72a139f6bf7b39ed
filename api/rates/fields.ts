import { z } from 'zod';
import { FEE_UNITS, STANDARD_PLAN, WEEKDAYS } from '../../domain/rates/rate-plan';
import { calendarDate, storable } from '../bookings/fields';

/** How many rules of one kind a plan may have. */
const MOST_RULES = 100;
/** A year and a half of days ahead, as far as stays may begin. */
const MOST_DAYS = 730;

export const planCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
  .meta({ example: STANDARD_PLAN });

/** A plan as a request for a stay names it. */
export const ratePlanName = z
  .string()
  .max(128)
  .optional()
  .meta({
    description: `A rate plan of the item; \`${STANDARD_PLAN}\` where none is named. An item without plans of its own has one price, whatever is named.`,
  });

export const quoteIdField = z.string().min(1).max(64).optional().meta({
  description: 'Of a quote given out less than 15 minutes ago for this very stay: it is honoured.',
  example: 'QUO01KAJ5M3ZC8T0V6RQ2XE1H',
});

const name = z.string().min(1).max(100).refine(storable, 'must not hold control characters');
const money = z.number().min(0).max(20_000_000);

/** A share in percent, with two decimals at most. */
const percent = (least: number, most: number) =>
  z
    .number()
    .min(least)
    .max(most)
    .refine((value) => Number.isInteger(Number((value * 100).toFixed(6))), 'may have two decimals');

const change = percent(-100, 1000);
const rules = <Rule extends z.ZodType>(rule: Rule) => z.array(rule).max(MOST_RULES).default([]);

/** A fixed price, or a change of the one there is. */
const rateFields = { price: money.optional(), percent: change.optional() };
const ONE_OF_BOTH = 'needs either price or percent, and not both';
const hasOneOfBoth = (rate: { price?: number | undefined; percent?: number | undefined }) =>
  (rate.price === undefined) !== (rate.percent === undefined);

const season = z
  .strictObject({
    name,
    from: calendarDate,
    to: calendarDate.meta({ description: 'The first night that is no longer of the season.' }),
    ...rateFields,
    priority: z.int().min(0).max(1000).default(0),
  })
  .refine(hasOneOfBoth, ONE_OF_BOTH);
const weekday = z.strictObject(rateFields).refine(hasOneOfBoth, ONE_OF_BOTH);
const daysAhead = z.int().min(0).max(MOST_DAYS);

/** A plan's terms as its owner sends them, without its code; what is left out is none. */
export const planTermsFields = {
  name: name.optional(),
  basePrice: money.optional().meta({ description: "One night. Left out: the item's own nightly price." }),
  seasons: rules(season),
  weekdays: z.partialRecord(z.enum(WEEKDAYS), weekday).default({}),
  lengthOfStay: rules(z.strictObject({ minNights: z.int().min(1).max(365), percent: percent(0, 100) })),
  earlyBird: rules(z.strictObject({ daysAhead, percent: percent(0, 100) })),
  lastMinute: rules(z.strictObject({ daysAhead, percent: percent(0, 100) })),
  extraGuests: z.strictObject({ included: z.int().min(1).max(10_000), perNight: money }).optional(),
  fees: rules(z.strictObject({ name, amount: money, per: z.enum(FEE_UNITS) })),
  taxes: rules(z.strictObject({ name, percent: percent(0, 100), included: z.boolean().default(true) })),
  dynamic: z
    .strictObject({
      occupancy: rules(z.strictObject({ atLeastPercent: percent(0, 100), percent: change })),
      leadTime: rules(z.strictObject({ atMostDays: daysAhead, percent: change })),
    })
    .prefault({}),
  floor: money.optional(),
  ceiling: money.optional(),
};

/** A plan as its owner lays it down. A field that it does not know is refused: a misspelt rule would not apply. */
export const planSchema = z.strictObject({
  code: planCode,
  active: z.boolean().default(true).meta({ description: 'Whether new stays may be priced by it.' }),
  ...planTermsFields,
});
export type SentPlan = z.output<typeof planSchema>;
export type SentRate = Pick<SentPlan['seasons'][number], 'price' | 'percent'>;
