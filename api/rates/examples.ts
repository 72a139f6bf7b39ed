import type { z } from 'zod';
import type { RatesView, stayQuoteSchema } from './schemas';

const ROOM = { itemId: 'HOTEL-001:STD', propertyId: 'HOTEL-001', roomType: 'STD' };

export const planExample = {
  code: 'STANDARD',
  name: 'Flexible',
  basePrice: 120,
  seasons: [{ name: 'Fair', from: '2026-12-07', to: '2026-12-12', price: 180 }],
  weekdays: { friday: { percent: 10 }, saturday: { percent: 10 } },
  lengthOfStay: [{ minNights: 3, percent: 10 }],
  extraGuests: { included: 2, perNight: 30 },
  fees: [{ name: 'Final cleaning', amount: 25, per: 'stay' }],
  taxes: [{ name: 'VAT', percent: 7 }],
  dynamic: { occupancy: [{ atLeastPercent: 80, percent: 15 }] },
  floor: 90,
  ceiling: 220,
};

export const stayQuoteExample: z.output<typeof stayQuoteSchema> = {
  quoteId: 'QUO01KAJ5M3ZC8T0V6RQ2XE1H',
  expiresAt: '2026-11-01T09:45:00.000Z',
  ...ROOM,
  ratePlan: 'STANDARD',
  checkIn: '2026-12-03',
  checkOut: '2026-12-06',
  nights: 3,
  guests: 2,
  quantity: 1,
  nightlyPrice: 128,
  lines: [
    { kind: 'night', date: '2026-12-03', amount: 120, unitPrice: 120, applied: [] },
    {
      kind: 'night',
      date: '2026-12-04',
      amount: 132,
      unitPrice: 132,
      applied: [{ rule: 'weekday', name: 'friday', percent: 10 }],
    },
    {
      kind: 'night',
      date: '2026-12-05',
      amount: 132,
      unitPrice: 132,
      applied: [{ rule: 'weekday', name: 'saturday', percent: 10 }],
    },
    { kind: 'discount', name: 'length-of-stay', percent: 10, amount: -38.4 },
    { kind: 'fee', name: 'Final cleaning', per: 'stay', amount: 25 },
  ],
  includedTaxes: [{ name: 'VAT', percent: 7, amount: 24.24 }],
  totalPrice: 370.6,
  currency: 'USD',
  available: true,
  unavailableNights: [],
  reasons: [],
};

/** Three nights of an item whose owner laid down no plan. */
export const evenPriceExample = {
  lines: ['2026-12-01', '2026-12-02', '2026-12-03'].map((date) => ({
    ...{ kind: 'night' as const, date, amount: 300, unitPrice: 300, applied: [] },
  })),
  includedTaxes: [],
};

const termsExample = {
  ...{ currency: 'USD', name: 'Flexible', basePrice: 120, floor: 90, ceiling: 220 },
  seasons: [{ name: 'Fair', from: '2026-12-07', to: '2026-12-12', price: 180, priority: 0 }],
  weekdays: { friday: { percent: 10 }, saturday: { percent: 10 } },
  lengthOfStay: [{ minNights: 3, percent: 10 }],
  ...{ earlyBird: [], lastMinute: [] },
  extraGuests: { included: 2, perNight: 30 },
  fees: [{ name: 'Final cleaning', amount: 25, per: 'stay' as const }],
  taxes: [{ name: 'VAT', percent: 7, included: true }],
  dynamic: { occupancy: [{ atLeastPercent: 80, percent: 15 }], leadTime: [] },
};

export const ratesExample: RatesView = {
  ...ROOM,
  ...{ currency: 'USD', nightlyPrice: 120 },
  plans: [
    {
      ...{ code: 'STANDARD', version: 1, active: true, updatedAt: '2026-11-01T09:30:00.000Z' },
      ...termsExample,
      usage: { requested: 3, confirmed: 2, nights: 6, revenue: 741.2 },
    },
  ],
  history: [
    {
      ...{ plan: 'STANDARD', version: 1, at: '2026-11-01T09:30:00.000Z', by: 'owner-3' },
      ...{ reason: 'Winter rates', before: null },
      after: { active: true, ...termsExample },
    },
  ],
};
