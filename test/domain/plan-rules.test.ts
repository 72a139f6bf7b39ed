import { planTroubles } from '../../domain/rates/plan-rules';
import { implicitPlan, type PlanTerms } from '../../domain/rates/rate-plan';
import type { CalendarDate } from '../../domain/stay-dates';

const NONE = implicitPlan({ amount: 12_000, currency: 'USD' });
const { basePrice: _, ...EMPTY } = NONE;
const season = (name: string, from: string, to: string, priority = 0) => ({
  ...{ name, priority, price: 10_000, from: from as CalendarDate, to: to as CalendarDate },
});
const troubles = (terms: Partial<PlanTerms>) =>
  planTroubles({ ...EMPTY, ...terms }, 12_000, (amount) => `$${amount / 100}`);

test('a plan without rules is in order', () => {
  expect(troubles({})).toEqual([]);
});

test('seasons that meet, and seasons of different priority that overlap, are in order', () => {
  const winter = season('Winter', '2026-12-01', '2027-03-01');
  expect(troubles({ seasons: [winter, season('Spring', '2027-03-01', '2027-06-01')] })).toEqual([]);
  expect(troubles({ seasons: [winter, season('Fair', '2027-01-10', '2027-01-15', 1)] })).toEqual([]);
});

const cases: [string, Partial<PlanTerms>, string, string][] = [
  [
    'seasons of one priority that overlap',
    { seasons: [season('Winter', '2026-12-01', '2027-03-01'), season('Fair', '2027-02-28', '2027-04-01')] },
    'seasons.1.priority',
    'overlaps with Winter of 2026-12-01 to 2027-03-01; give one of the two a higher priority, or move it',
  ],
  [
    'a season without a night',
    { seasons: [season('Fair', '2027-01-10', '2027-01-10')] },
    'seasons.0.to',
    '2027-01-10 is not after 2027-01-10; it is the first night after',
  ],
  [
    'two discounts for the same nights',
    {
      lengthOfStay: [
        { minNights: 7, basisPoints: 500 },
        { minNights: 7, basisPoints: 1000 },
      ],
    },
    'lengthOfStay.1.minNights',
    '7 is there twice; leave one of them out',
  ],
  [
    'two rules for one occupancy',
    {
      occupancy: [
        { atLeastBasisPoints: 8050, changeBasisPoints: 500 },
        { atLeastBasisPoints: 8050, changeBasisPoints: 1000 },
      ],
    },
    'dynamic.occupancy.1.atLeastPercent',
    '80.5 is there twice; leave one of them out',
  ],
  [
    'a ceiling below the floor',
    { floor: 20_000, ceiling: 10_000 },
    'ceiling',
    '$100 is below the floor of $200',
  ],
  [
    'a base price below the floor, the item’s own included',
    { floor: 12_001 },
    'basePrice',
    '$120 is below the floor of $120.01',
  ],
  [
    'a season’s price below the floor',
    { floor: 11_000, seasons: [season('Fair', '2027-01-10', '2027-01-15')] },
    'seasons.0.price',
    '$100 is below the floor of $110',
  ],
  [
    'a weekday’s price above the ceiling',
    { ceiling: 12_000, weekdays: { friday: { price: 12_500 } } },
    'weekdays.friday.price',
    '$125 is above the ceiling of $120',
  ],
];

test.each(cases)('%s is named', (_, terms, field, message) => {
  expect(troubles(terms)).toEqual([{ field, message }]);
});
