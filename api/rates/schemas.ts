import { z } from 'zod';
import { FEE_UNITS, WEEKDAYS } from '../../domain/rates/rate-plan';

const instant = z.iso.datetime();
const day = z.iso.date();
const amount = z.number();
const percent = z.number();

const appliedSchema = z.object({
  rule: z.enum(['season', 'weekday', 'occupancy', 'lead-time', 'floor', 'ceiling']),
  name: z.string().optional(),
  price: amount.optional(),
  percent: percent.optional(),
});

/** What a total is made of; the amounts of the lines add up to it. */
export const priceLineSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('night'),
      date: day,
      amount,
      unitPrice: amount.meta({ description: 'Of one unit.' }),
      applied: z.array(appliedSchema).meta({ description: 'What the price comes from, in order.' }),
    }),
    z.object({
      kind: z.literal('discount'),
      name: z.enum(['length-of-stay', 'early-bird', 'last-minute']),
      percent,
      amount,
    }),
    z.object({ kind: z.literal('extra-guests'), guests: z.int(), perNight: amount, amount }),
    z.object({ kind: z.literal('fee'), name: z.string(), per: z.enum(FEE_UNITS), amount }),
    z.object({ kind: z.literal('tax'), name: z.string(), percent, amount }),
  ])
  .meta({ id: 'PriceLine' });

export const includedTaxSchema = z
  .object({ name: z.string(), percent, amount })
  .meta({ id: 'IncludedTax', description: 'A tax that is in the lines already.' });

export const priceItemsFields = {
  lines: z.array(priceLineSchema),
  includedTaxes: z.array(includedTaxSchema),
};

export const stayQuoteSchema = z
  .object({
    quoteId: z.string().meta({ description: 'Send it with the booking to have this price.' }),
    expiresAt: instant.meta({ description: 'The price is honoured until then.' }),
    itemId: z.string(),
    propertyId: z.string(),
    roomType: z.string().nullable(),
    ratePlan: z.string(),
    checkIn: day,
    checkOut: day,
    nights: z.int(),
    guests: z.int(),
    quantity: z.int(),
    nightlyPrice: amount.meta({
      description: 'The average night of one unit, before discounts, fees and taxes.',
    }),
    ...priceItemsFields,
    totalPrice: amount.meta({ description: 'The sum of the lines.' }),
    currency: z.string(),
    available: z.boolean(),
    unavailableNights: z.array(day).meta({ description: 'Nights that cannot be sold.' }),
    reasons: z.array(z.object({ night: day, reason: z.enum(['sold-out', 'closed']) })).meta({
      description: 'The same, each with its reason.',
    }),
  })
  .meta({ id: 'StayQuote' });

const rate = { price: amount.optional(), percent: percent.optional() };
const lead = z.array(z.object({ daysAhead: z.int(), percent }));

const termsSchema = z.object({
  currency: z.string(),
  name: z.string().optional(),
  basePrice: amount.optional(),
  seasons: z.array(z.object({ name: z.string(), from: day, to: day, ...rate, priority: z.int() })),
  weekdays: z.partialRecord(z.enum(WEEKDAYS), z.object(rate)),
  lengthOfStay: z.array(z.object({ minNights: z.int(), percent })),
  earlyBird: lead,
  lastMinute: lead,
  extraGuests: z.object({ included: z.int(), perNight: amount }).optional(),
  fees: z.array(z.object({ name: z.string(), amount, per: z.enum(FEE_UNITS) })),
  taxes: z.array(z.object({ name: z.string(), percent, included: z.boolean() })),
  dynamic: z.object({
    occupancy: z.array(z.object({ atLeastPercent: percent, percent })),
    leadTime: z.array(z.object({ atMostDays: z.int(), percent })),
  }),
  floor: amount.optional(),
  ceiling: amount.optional(),
});

const usageSchema = z.object({
  requested: z.int().meta({ description: 'Bookings that were opened under the plan.' }),
  confirmed: z.int().meta({ description: 'Those of them that were confirmed, by their event logs.' }),
  nights: z
    .int()
    .meta({ description: 'Of confirmed bookings that were not called off; units times nights.' }),
  revenue: amount.meta({ description: 'The prices of the same.' }),
});

const planViewSchema = termsSchema
  .extend({
    code: z.string(),
    version: z.int().meta({ description: 'Rises with every change; 0: its owner laid none down.' }),
    active: z.boolean(),
    updatedAt: instant.nullable(),
    usage: usageSchema,
  })
  .meta({ id: 'RatePlan' });

const changedTerms = z.record(z.string(), z.unknown()).meta({ description: 'In the words of the plan.' });

const historySchema = z
  .object({
    plan: z.string().nullable().meta({ description: "Null: the item's own nightly price." }),
    version: z.int().nullable(),
    at: instant,
    by: z.string().meta({ description: 'Who changed it.' }),
    reason: z.string().nullable(),
    before: changedTerms.nullable(),
    after: changedTerms,
  })
  .meta({ id: 'RateChange' });

/** An item's rates as its owner sees them. */
export const ratesSchema = z
  .object({
    itemId: z.string(),
    propertyId: z.string(),
    roomType: z.string().nullable(),
    currency: z.string(),
    nightlyPrice: amount.meta({ description: 'What a plan without a base price goes by.' }),
    plans: z.array(planViewSchema),
    history: z.array(historySchema).meta({ description: 'The last hundred changes, newest first.' }),
  })
  .meta({ id: 'Rates' });

export type RatesView = z.output<typeof ratesSchema>;
export type PlanUsage = z.output<typeof usageSchema>;
