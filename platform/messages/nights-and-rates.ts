import { z } from 'zod';
import { availabilityExamples, rateAppliedExample, rateUpdatedExample } from './examples/nights-and-rates';
import { amount, message, openWords, published } from './fields';
import { itemId, nights, ofBooking, price, property, reason, stay } from './hotel';

const availability = {
  ...property('availability.updated'),
  itemId,
  stayDetails: z.looseObject(nights).describe('The nights from checkIn to the one before checkOut.'),
  capacity: z
    .int()
    .nonnegative()
    .describe('What can be sold of the item for a night, as of itemVersion: when it was told.')
    .optional(),
  overbooking: z.int().nonnegative().describe('How much more of it may be sold.').optional(),
  itemVersion: z.int().nonnegative().optional(),
};

/** Nights that a booking took or gave back, or that an owner closed or opened. */
export const availabilityUpdated = published(
  z.union([
    message({
      ...availability,
      ...ofBooking,
      ...reason,
      change: z.enum(['blocked', 'released']),
      quantity: z.int().positive(),
    }).describe('By a booking.'),
    message({
      ...availability,
      change: z.enum(['closed', 'opened']),
      quantity: z.null().describe('All of the item.'),
      updatedBy: z.string(),
      sequence: z.int().positive().describe("The item's version."),
    }).describe('By the owner.'),
  ]),
  {
    description: 'Nights of an item were taken, given back, closed or opened.',
    examples: availabilityExamples,
  },
);

export const rateUpdated = published(
  message({
    ...property('rate.updated'),
    itemId,
    pricingDetails: z
      .looseObject({})
      .describe('What of the rate changed, as whoever changed it wrote it down.'),
    updatedBy: z.string(),
    sequence: z.int().positive().describe("The item's version."),
  }),
  { description: 'What an item costs was changed.', examples: [rateUpdatedExample] },
);

const percent = z.number();
const appliedRule = z.looseObject({
  rule: z.string(),
  name: z.string().optional(),
  price: amount.optional(),
  percent: percent.optional(),
});

/** What a price is made of; each kind has its own of the fields after the first two. */
const line = z.looseObject({
  kind: openWords(['night', 'discount', 'extra-guests', 'fee', 'tax'], 'What it is for.'),
  amount,
  date: z.iso.date().describe('Of a night.').optional(),
  unitPrice: amount.describe('Of a night: for one of what was booked.').optional(),
  applied: z.array(appliedRule).describe('Of a night: the rules that made its price.').optional(),
  name: z.string().optional(),
  percent: percent.optional(),
  guests: z.int().describe('Those who are more than the price includes.').optional(),
  perNight: amount.optional(),
  per: z.string().describe('Of a fee: what it is paid for.').optional(),
});
const includedTax = z.looseObject({ name: z.string(), percent, amount });

export const rateApplied = published(
  message({
    ...property('rate.applied'),
    ...ofBooking,
    ...reason,
    itemId,
    stayDetails: stay,
    pricingDetails: price.extend({
      ratePlan: z.string(),
      lines: z.array(line).describe('Their amounts come to the total.').optional(),
      includedTaxes: z.array(includedTax).describe('Taxes that the lines contain.').optional(),
    }),
  }),
  { description: 'The rate at which a booking was sold, line by line.', examples: [rateAppliedExample] },
);
