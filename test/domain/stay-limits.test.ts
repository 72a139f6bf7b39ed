import type { CalendarDate } from '../../domain/stay-dates';
import { brokenLimits } from '../../domain/stay-limits';

const stay = { start: '2026-07-01' as CalendarDate, end: '2026-07-04' as CalendarDate };
const CHECK_IN = Date.parse('2026-07-01T13:00:00.000Z');
const EARLY = Date.parse('2026-06-01T13:00:00.000Z');

test.each([
  [{ leadTimeHours: 0 }, []],
  [{ leadTimeHours: 0, minNights: 3, maxNights: 3 }, []],
  [{ leadTimeHours: 0, minNights: 4 }, [{ reason: 'minimum-stay', nights: 4 }]],
  [{ leadTimeHours: 0, maxNights: 2 }, [{ reason: 'maximum-stay', nights: 2 }]],
] as const)('three nights under %j break %j', (item, broken) => {
  expect(brokenLimits(item, stay, CHECK_IN, EARLY)).toEqual(broken);
});

test('the lead time is counted to the instant of check-in', () => {
  const item = { leadTimeHours: 48 };
  const last = CHECK_IN - 48 * 3_600_000;
  expect(brokenLimits(item, stay, CHECK_IN, last)).toEqual([]);
  expect(brokenLimits(item, stay, CHECK_IN, last + 1)).toEqual([{ reason: 'lead-time', hours: 48 }]);
});

test('without a lead time the night that has begun can be booked', () => {
  expect(brokenLimits({ leadTimeHours: 0 }, stay, CHECK_IN, CHECK_IN + 3_600_000)).toEqual([]);
});

test('all that stands against a stay is said at once', () => {
  const item = { minNights: 7, leadTimeHours: 1000 };
  expect(brokenLimits(item, stay, CHECK_IN, EARLY).map(({ reason }) => reason)).toEqual([
    'minimum-stay',
    'lead-time',
  ]);
});
