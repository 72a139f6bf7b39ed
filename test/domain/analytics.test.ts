import fc from 'fast-check';
import { changeOf, NOTHING_COUNTED, ratiosOf } from '../../domain/analytics/figures';
import {
  type FutureNight,
  forecast,
  HISTORY_NIGHTS,
  LEAST_HISTORY_NIGHTS,
  type Movement,
  type Past,
} from '../../domain/analytics/forecast';
import { addDays, type CalendarDate, countNights } from '../../domain/stay-dates';

const TODAY = '2030-06-01' as CalendarDate;
const day = (offset: number) => addDays(TODAY, offset);
const night = (offset: number, sold: number, available = 10): FutureNight => ({
  ...{ night: day(offset), available },
  onTheBooks: { sold, revenue: sold * 10_000 },
});
/** On each of the last `nights`, so much was gained from `lead` days before it on. */
const everyNight = (nights: number, lead: number, sold: number): Movement[] =>
  Array.from({ length: nights }, (_, n) => ({ night: day(-1 - n), lead, sold, revenue: sold * 10_000 }));
const past = (movements: readonly Movement[], booksSince: CalendarDate | null = day(-400)): Past => ({
  ...{ movements, booksSince },
});
const only = (nights: readonly FutureNight[], history: Past) => forecast(TODAY, nights, history)[0];

test('what past nights still gained from the same distance is added to what is on the books', () => {
  const history = past([...everyNight(180, 3, 2), ...everyNight(180, 8, 1)]);
  const [near, middle, far] = forecast(TODAY, [night(2, 5), night(3, 5), night(8, 5)], history);
  expect(near).toMatchObject({ pickUp: { nights: 180, sold: 0 }, forecast: { sold: 5, revenue: 50_000 } });
  expect(middle).toMatchObject({
    pickUp: { sold: 2 },
    forecast: { sold: 7, revenue: 70_000, occupancy: 0.7 },
  });
  expect(far).toMatchObject({ pickUp: { sold: 3 }, forecast: { sold: 8 } });
});

test('cancellations take away, and never below nothing', () => {
  const history = past(everyNight(180, 1, -2));
  expect(only([night(1, 5)], history)?.forecast.sold).toBe(3);
  expect(only([night(1, 1)], history)?.forecast).toEqual({ sold: 0, revenue: 0, occupancy: 0 });
});

test('no more is forecast than there is, nor the revenue of what does not fit in', () => {
  const history = past(everyNight(180, 1, 4));
  expect(only([night(1, 8)], history)?.forecast).toEqual({ sold: 10, revenue: 100_000, occupancy: 1 });
  expect(only([night(1, 12)], history)?.forecast).toEqual({ sold: 12, revenue: 120_000, occupancy: 1.2 });
  expect(only([night(1, 0, 0)], history)?.forecast.occupancy).toBeNull();
});

test('below 28 nights of history there is no pick-up: a night counts only if its books were kept that early', () => {
  const history = past(everyNight(180, 1, 4), day(-30));
  const [two, three] = forecast(TODAY, [night(2, 5), night(3, 5)], history);
  expect(two).toMatchObject({ pickUp: { nights: 28, sold: 4 } });
  expect(three).toMatchObject({ pickUp: null, forecast: { sold: 5, revenue: 50_000, occupancy: 0.5 } });
  expect(only([night(2, 5)], past([], null))?.pickUp).toBeNull();
});

test('nights of more than 180 days ago tell nothing any more', () => {
  const long = past([{ night: day(-181), lead: 0, sold: 500, revenue: 1 }]);
  expect(only([night(2, 5)], long)?.pickUp).toEqual({ nights: 180, sold: 0, revenue: 0 });
});

test('a ratio of nothing is no figure, not the figure 0', () => {
  expect(Object.values(ratiosOf(NOTHING_COUNTED))).toEqual([null, null, null, null, null, null]);
  const counted = { ...NOTHING_COUNTED, sold: 3, available: 9, revenue: 100 };
  expect(ratiosOf(counted)).toMatchObject({ occupancy: 0.3333, averageRate: 33, revenuePerAvailable: 11 });
  expect([changeOf(200, 150), changeOf(0, 5), changeOf(null, 5), changeOf(-10, -5)]).toEqual([
    -0.25,
    null,
    null,
    0.5,
  ]);
});

test('the pick-up of each night is the sum of its definition, whatever comes in whichever order', () => {
  const movements = fc.array(
    fc.record({
      night: fc.integer({ min: -(HISTORY_NIGHTS + 5), max: 2 }).map(day),
      lead: fc.integer({ min: 0, max: 40 }),
      sold: fc.integer({ min: -5, max: 5 }),
      revenue: fc.integer({ min: -500_000, max: 500_000 }),
    }),
    { maxLength: 60 },
  );
  const nights = fc.array(
    fc.integer({ min: 0, max: 45 }).map((offset) => night(offset, 3)),
    { maxLength: 12 },
  );
  const since = fc.option(fc.integer({ min: -230, max: -20 }).map(day));
  fc.assert(
    fc.property(nights, movements, since, (future, moved, booksSince) => {
      const history = past(moved, booksSince);
      expect(forecast(TODAY, future, history).map(({ pickUp }) => pickUp)).toEqual(
        future.map((one) => pickUpByDefinition(one, history)),
      );
    }),
    { numRuns: 300 },
  );
});

/** For one night by itself, looking at every movement. */
function pickUpByDefinition(one: FutureNight, { movements, booksSince }: Past) {
  if (booksSince === null) return null;
  const lead = countNights({ start: TODAY, end: one.night });
  const first = [day(-HISTORY_NIGHTS), addDays(booksSince, lead)].sort().at(-1) ?? TODAY;
  const nights = countNights({ start: first, end: TODAY });
  if (nights < LEAST_HISTORY_NIGHTS) return null;
  const counted = movements.filter((one) => one.lead <= lead && one.night >= first && one.night < TODAY);
  const sum = (of: 'sold' | 'revenue') =>
    counted.reduce((total, movement) => total + movement[of], 0) / nights;
  return { nights, sold: sum('sold'), revenue: sum('revenue') };
}
