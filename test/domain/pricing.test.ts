import fc from 'fast-check';
import { evenNights, quoteStay } from '../../domain/pricing';
import {
  implicitPlan,
  type PlanTerms,
  type RatePlan,
  ratePlan,
  WEEKDAYS,
} from '../../domain/rates/rate-plan';
import { addDays, type CalendarDate, nightsOf } from '../../domain/stay-dates';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const day = (text: string) => text as CalendarDate;
const stay = (start: string, end: string) => ({ start: day(start), end: day(end) });

const NONE = implicitPlan(usd(12_000));
const plan = (terms: Partial<PlanTerms>): RatePlan =>
  ratePlan('STANDARD', 1, { ...NONE, ...terms }, usd(12_000));

/** Thursday to Sunday. */
const LONG_WEEKEND = stay('2026-12-03', '2026-12-06');
const quote = (terms: Partial<PlanTerms>, { guests = 2, quantity = 1, daysAhead = 30 } = {}) =>
  quoteStay(plan(terms), LONG_WEEKEND, guests, quantity, { daysAhead });
const amounts = (lines: readonly { amount: number }[]) => lines.map(({ amount }) => amount);

describe('an item without a plan', () => {
  test('costs its nightly price, night by night', () => {
    expect(quoteStay(NONE, LONG_WEEKEND, 2, 1, { daysAhead: 0 })).toEqual({
      plan: 'STANDARD',
      planVersion: 0,
      nights: 3,
      guests: 2,
      quantity: 1,
      nightlyPrice: usd(12_000),
      lines: ['2026-12-03', '2026-12-04', '2026-12-05'].map((date) => ({
        ...{ kind: 'night', date, unitPrice: 12_000, amount: 12_000, applied: [] },
      })),
      includedTaxes: [],
      total: usd(36_000),
    });
  });

  test.each([
    ['nights in which clocks change', '2026-10-24', '2026-10-26', 2],
    ['the leap day', '2028-02-28', '2028-03-01', 2],
    ['the end of a year', '2026-12-30', '2027-01-02', 3],
    ['a whole year', '2026-12-31', '2027-12-31', 365],
  ])('whatever the calendar: %s', (_, start, end, nights) => {
    const { total, lines } = quoteStay(NONE, stay(start, end), 2, 2, { daysAhead: 30 });
    expect(total).toEqual(usd(nights * 2 * 12_000));
    expect(lines).toHaveLength(nights);
  });

  test('has the lines of a booking whose quote was not kept', () => {
    const { lines, total } = quoteStay(NONE, LONG_WEEKEND, 2, 2, { daysAhead: 0 });
    expect(evenNights(total, LONG_WEEKEND, 2).lines).toEqual(lines);
  });
});

test('lines made up for a price that does not divide add up to it all the same', () => {
  expect(amounts(evenNights(usd(1000), LONG_WEEKEND, 1).lines)).toEqual([333, 333, 334]);
});

describe('the price of a night', () => {
  const nights = (terms: Partial<PlanTerms>, daysAhead = 30) => amounts(quote(terms, { daysAhead }).lines);

  test('is the weekday’s, fixed or changed', () => {
    const weekdays = { friday: { changeBasisPoints: 1000 }, saturday: { price: 20_000 } };
    expect(nights({ weekdays })).toEqual([12_000, 13_200, 20_000]);
  });

  test('is the season’s from its first night up to, not including, its last day', () => {
    const fair = { name: 'Fair', from: day('2026-12-04'), to: day('2026-12-05'), priority: 0, price: 30_000 };
    expect(nights({ seasons: [fair] })).toEqual([12_000, 30_000, 12_000]);
  });

  test('goes by a season’s price before a weekday’s, and by the changes of both', () => {
    const weekdays = { friday: { price: 50_000 }, saturday: { changeBasisPoints: 1000 } };
    const all = { name: 'Fair', from: day('2026-12-01'), to: day('2027-01-01'), priority: 0 };
    expect(nights({ weekdays, seasons: [{ ...all, price: 30_000 }] })).toEqual([30_000, 30_000, 33_000]);
    expect(nights({ weekdays, seasons: [{ ...all, changeBasisPoints: 5000 }] })).toEqual([
      18_000, 75_000, 19_800,
    ]);
  });

  test('goes by the season of the higher priority', () => {
    const winter = {
      name: 'Winter',
      from: day('2026-11-01'),
      to: day('2027-03-01'),
      priority: 0,
      price: 9000,
    };
    const fair = { name: 'Fair', from: day('2026-12-04'), to: day('2026-12-05'), priority: 1, price: 30_000 };
    expect(nights({ seasons: [winter, fair] })).toEqual([9000, 30_000, 9000]);
    expect(nights({ seasons: [fair, winter] })).toEqual([9000, 30_000, 9000]);
  });

  test('rises with the occupancy of that night, by the highest threshold it reaches', () => {
    const occupancy = [
      { atLeastBasisPoints: 8000, changeBasisPoints: 2000 },
      { atLeastBasisPoints: 5000, changeBasisPoints: 1000 },
    ];
    const full = new Map([
      [day('2026-12-03'), 4999],
      [day('2026-12-04'), 5000],
      [day('2026-12-05'), 10_000],
    ]);
    const { lines } = quoteStay(plan({ occupancy }), LONG_WEEKEND, 2, 1, { daysAhead: 30, occupancy: full });
    expect(amounts(lines)).toEqual([12_000, 13_200, 14_400]);
  });

  test('changes with the lead time, by the nearest threshold', () => {
    const leadTime = [
      { atMostDays: 7, changeBasisPoints: -1000 },
      { atMostDays: 2, changeBasisPoints: -2000 },
    ];
    expect(nights({ leadTime }, 8)[0]).toBe(12_000);
    expect(nights({ leadTime }, 7)[0]).toBe(10_800);
    expect(nights({ leadTime }, 2)[0]).toBe(9600);
  });

  test('stays within floor and ceiling, and says so', () => {
    const leadTime = [{ atMostDays: 3, changeBasisPoints: -5000 }];
    const weekdays = { saturday: { changeBasisPoints: 10_000 } };
    const { lines } = quote({ leadTime, weekdays, floor: 10_000, ceiling: 11_000 }, { daysAhead: 3 });
    expect(lines.slice(1)).toEqual([
      {
        ...{ kind: 'night', date: '2026-12-04', unitPrice: 10_000, amount: 10_000 },
        applied: [
          { rule: 'lead-time', changeBasisPoints: -5000 },
          { rule: 'floor', price: 10_000 },
        ],
      },
      {
        ...{ kind: 'night', date: '2026-12-05', unitPrice: 11_000, amount: 11_000 },
        applied: [
          { rule: 'weekday', name: 'saturday', changeBasisPoints: 10_000 },
          { rule: 'lead-time', changeBasisPoints: -5000 },
          { rule: 'ceiling', price: 11_000 },
        ],
      },
    ]);
  });

  test('is rounded once, a half upwards', () => {
    // 100.01 less a quarter and less a tenth: 67.50675.
    const terms = { basePrice: 10_001, leadTime: [{ atMostDays: 30, changeBasisPoints: -1000 }] };
    const weekdays = { thursday: { changeBasisPoints: -2500 } };
    expect(nights({ ...terms, weekdays })[0]).toBe(6751);
    expect(nights({ basePrice: 5, weekdays: { thursday: { changeBasisPoints: 1000 } } })[0]).toBe(6);
  });
});

describe('the stay', () => {
  const terms: Partial<PlanTerms> = {
    weekdays: { friday: { changeBasisPoints: 1000 }, saturday: { changeBasisPoints: 1000 } },
    lengthOfStay: [
      { minNights: 3, basisPoints: 1000 },
      { minNights: 7, basisPoints: 2500 },
    ],
    earlyBird: [
      { daysAhead: 60, basisPoints: 2000 },
      { daysAhead: 30, basisPoints: 500 },
    ],
    lastMinute: [
      { daysAhead: 3, basisPoints: 1500 },
      { daysAhead: 1, basisPoints: 3000 },
    ],
    extraGuests: { included: 2, perNight: 3000 },
    fees: [
      { name: 'Final cleaning', amount: 2500, per: 'stay' },
      { name: 'Linen', amount: 400, per: 'guest' },
      { name: 'Resort', amount: 100, per: 'night' },
      { name: 'Visitor’s tax', amount: 50, per: 'guest-night' },
    ],
    taxes: [
      { name: 'VAT', basisPoints: 700, included: true },
      { name: 'City tax', basisPoints: 500, included: false },
    ],
  };

  test('adds up discounts, extra guests, fees and taxes, in this order', () => {
    const { lines, includedTaxes, total, nightlyPrice } = quote(terms, { guests: 5, quantity: 2 });
    expect(lines.slice(3)).toEqual([
      { kind: 'discount', name: 'length-of-stay', basisPoints: 1000, amount: -7680 },
      { kind: 'discount', name: 'early-bird', basisPoints: 500, amount: -3456 },
      { kind: 'extra-guests', guests: 1, perNight: 3000, amount: 9000 },
      { kind: 'fee', name: 'Final cleaning', per: 'stay', amount: 5000 },
      { kind: 'fee', name: 'Linen', per: 'guest', amount: 2000 },
      { kind: 'fee', name: 'Resort', per: 'night', amount: 600 },
      { kind: 'fee', name: 'Visitor’s tax', per: 'guest-night', amount: 750 },
      { kind: 'tax', name: 'City tax', basisPoints: 500, amount: 4151 },
    ]);
    expect(includedTaxes).toEqual([{ name: 'VAT', basisPoints: 700, amount: 5431 }]);
    expect(nightlyPrice).toEqual(usd(12_800));
    expect(total).toEqual(usd(87_165));
  });

  test('is priced as docs/rates.md works out', () => {
    const { lines, includedTaxes, total } = quote({
      weekdays: terms.weekdays ?? {},
      lengthOfStay: [{ minNights: 3, basisPoints: 1000 }],
      extraGuests: { included: 2, perNight: 3000 },
      fees: [{ name: 'Final cleaning', amount: 2500, per: 'stay' }],
      taxes: [{ name: 'VAT', basisPoints: 700, included: true }],
    });
    expect(amounts(lines)).toEqual([12_000, 13_200, 13_200, -3840, 2500]);
    expect(total).toEqual(usd(37_060));
    expect(amounts(includedTaxes)).toEqual([2424]);
  });

  test.each([
    [61, 'early-bird', 2000],
    [60, 'early-bird', 2000],
    [30, 'early-bird', 500],
    [3, 'last-minute', 1500],
    [1, 'last-minute', 3000],
    [0, 'last-minute', 3000],
  ])('booked %d days ahead has its %s discount', (daysAhead, name, basisPoints) => {
    const { lines } = quote(terms, { daysAhead });
    expect(lines.filter(({ kind }) => kind === 'discount').slice(1)).toMatchObject([{ name, basisPoints }]);
  });

  test('booked neither early nor late has none', () => {
    expect(quote(terms, { daysAhead: 4 }).lines.filter(({ kind }) => kind === 'discount')).toHaveLength(1);
  });

  test('whose discounts are whole costs nothing, and no less', () => {
    const whole = {
      lengthOfStay: [{ minNights: 1, basisPoints: 10_000 }],
      lastMinute: terms.lastMinute ?? [],
    };
    expect(quote(whole, { daysAhead: 1 }).total).toEqual(usd(0));
  });
});

describe('for any plan', () => {
  const share = fc.integer({ min: 0, max: 10_000 });
  const change = fc.integer({ min: -10_000, max: 20_000 });
  const price = fc.integer({ min: 0, max: 100_000_000 });
  const rate = fc.oneof(
    price.map((one) => ({ price: one })),
    change.map((changeBasisPoints) => ({ changeBasisPoints })),
  );
  const START = day('2027-02-20');
  const season = fc
    .tuple(rate, fc.nat(40), fc.integer({ min: 1, max: 40 }), fc.nat(5))
    .map(([one, from, length, priority]) => ({
      ...one,
      ...{ name: 'Season', from: addDays(START, from), to: addDays(START, from + length), priority },
    }));
  const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 3 });
  const lead = few(fc.record({ daysAhead: fc.nat(90), basisPoints: share }));
  const terms: fc.Arbitrary<PlanTerms> = fc.record({
    currency: fc.constant('USD'),
    basePrice: price,
    seasons: few(season),
    weekdays: fc.dictionary(fc.constantFrom(...WEEKDAYS), rate),
    lengthOfStay: few(fc.record({ minNights: fc.integer({ min: 1, max: 30 }), basisPoints: share })),
    earlyBird: lead,
    lastMinute: lead,
    extraGuests: fc.record({ included: fc.integer({ min: 1, max: 4 }), perNight: fc.nat(1_000_000) }),
    fees: few(
      fc.record({
        name: fc.constant('Fee'),
        amount: fc.nat(1_000_000),
        per: fc.constantFrom('stay', 'night', 'guest', 'guest-night'),
      }),
    ),
    taxes: few(fc.record({ name: fc.constant('Tax'), basisPoints: share, included: fc.boolean() })),
    occupancy: few(fc.record({ atLeastBasisPoints: share, changeBasisPoints: change })),
    leadTime: few(fc.record({ atMostDays: fc.nat(90), changeBasisPoints: change })),
  });
  const bounds = fc.tuple(price, price).map(([a, b]) => ({ floor: Math.min(a, b), ceiling: Math.max(a, b) }));
  const plans = fc
    .tuple(terms, fc.oneof(bounds, fc.constant({})))
    .map(([one, bound]) => ratePlan('ANY', 1, { ...one, ...bound }, usd(12_000)));
  const stayers = fc.record({
    nights: fc.integer({ min: 1, max: 40 }),
    guests: fc.integer({ min: 1, max: 12 }),
    quantity: fc.integer({ min: 1, max: 5 }),
    daysAhead: fc.nat(90),
    occupied: fc.integer({ min: 0, max: 10_000 }),
  });
  type Stayers = typeof stayers extends fc.Arbitrary<infer T> ? T : never;
  const priced = (one: RatePlan, { nights, guests, quantity, daysAhead, occupied }: Stayers) => {
    const span = { start: START, end: addDays(START, nights) };
    const occupancy = new Map(nightsOf(span).map((night) => [night, occupied]));
    return quoteStay(one, span, guests, quantity, { daysAhead, occupancy });
  };
  const always = (holds: (one: RatePlan, size: Stayers) => void) =>
    fc.assert(fc.property(plans, stayers, holds), { numRuns: 300 });

  test('the total is the sum of the lines, whole and never negative', () => {
    always((one, size) => {
      const { lines, total } = priced(one, size);
      expect(amounts(lines).reduce((sum, amount) => sum + amount, 0)).toBe(total.amount);
      expect(amounts(lines).every(Number.isSafeInteger)).toBe(true);
      expect(total.amount).toBeGreaterThanOrEqual(0);
    });
  });

  test('every night lies within floor and ceiling', () => {
    always((one, size) => {
      for (const line of priced(one, size).lines) {
        if (line.kind !== 'night') continue;
        expect(line.unitPrice).toBeGreaterThanOrEqual(one.floor ?? 0);
        expect(line.unitPrice).toBeLessThanOrEqual(one.ceiling ?? Number.MAX_SAFE_INTEGER);
      }
    });
  });

  test('included taxes are within what is charged', () => {
    always((one, size) => {
      const { includedTaxes, total } = priced(one, size);
      const taxes = amounts(includedTaxes).reduce((sum, amount) => sum + amount, 0);
      // Each is rounded by itself, by less than one minor unit.
      expect(taxes).toBeLessThan(total.amount + includedTaxes.length + 1);
    });
  });

  test('another night never costs less, where no discount is given for staying longer', () => {
    always((one, size) => {
      const flat = { ...one, lengthOfStay: [] };
      const longer = priced(flat, { ...size, nights: size.nights + 1 });
      expect(longer.total.amount).toBeGreaterThanOrEqual(priced(flat, size).total.amount);
    });
  });

  test('another guest never costs less', () => {
    always((one, size) => {
      const more = priced(one, { ...size, guests: size.guests + 1 });
      expect(more.total.amount).toBeGreaterThanOrEqual(priced(one, size).total.amount);
    });
  });

  test('another room never costs less, where guests are not counted as extra', () => {
    always(({ extraGuests: _, ...one }, size) => {
      const more = priced(one, { ...size, quantity: size.quantity + 1 });
      expect(more.total.amount).toBeGreaterThanOrEqual(priced(one, size).total.amount);
    });
  });

  test('a higher base price never makes a stay cheaper', () => {
    always((one, size) => {
      const dearer = priced({ ...one, basePrice: one.basePrice + 1 }, size);
      expect(dearer.total.amount).toBeGreaterThanOrEqual(priced(one, size).total.amount);
    });
  });
});
