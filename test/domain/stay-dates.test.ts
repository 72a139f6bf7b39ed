import fc from 'fast-check';
import { instantAt, isTimeZone, localDate } from '../../domain/stay-clock';
import {
  addDays,
  type CalendarDate,
  countNights,
  nightsOf,
  parseCalendarDate,
} from '../../domain/stay-dates';

const day = (text: string) => text as CalendarDate;

test.each(['2026-12-24', '2026-12-24T00:00:00.000Z', '2026-12-24T00:00:00Z'])(
  '%s is Christmas Eve',
  (text) => {
    expect(parseCalendarDate(text)).toBe('2026-12-24');
  },
);

test.each([
  '2026-02-30',
  '2025-02-29',
  '2026-13-01',
  '2026-12-24T15:00:00.000Z',
  '24.12.2026',
  '',
  '2026-12-24T00:00:00+02:00',
])('%p is no calendar date', (text) => {
  expect(parseCalendarDate(text)).toBeUndefined();
});

test('a leap day is a night like another', () => {
  expect(nightsOf({ start: day('2028-02-28'), end: day('2028-03-01') })).toEqual([
    '2028-02-28',
    '2028-02-29',
  ]);
});

test('the nights of a stay are as many as are counted, in order, from start to the day before end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 400 }), (offset, length) => {
      const start = addDays(day('2000-01-01'), offset);
      const stay = { start, end: addDays(start, length) };
      const nights = nightsOf(stay);
      expect(countNights(stay)).toBe(length);
      expect(nights).toHaveLength(length);
      expect(nights[0]).toBe(start);
      expect(nights.at(-1)).toBe(addDays(stay.end, -1));
    }),
  );
});

test('check-in is at the local wall clock, also where the clock was changed in the night', () => {
  expect(instantAt(day('2026-03-07'), '15:00', 'America/New_York').toISOString()).toBe(
    '2026-03-07T20:00:00.000Z',
  );
  expect(instantAt(day('2026-03-08'), '15:00', 'America/New_York').toISOString()).toBe(
    '2026-03-08T19:00:00.000Z',
  );
  expect(instantAt(day('2026-03-08'), '02:30', 'America/New_York').toISOString()).toBe(
    '2026-03-08T07:30:00.000Z',
  );
  expect(instantAt(day('2026-11-01'), '01:30', 'America/New_York').toISOString()).toBe(
    '2026-11-01T05:30:00.000Z',
  );
});

test('the same instant is another date elsewhere', () => {
  const instant = new Date('2026-12-31T12:00:00Z');
  expect(localDate(instant, 'Pacific/Kiritimati')).toBe('2027-01-01');
  expect(localDate(instant, 'America/New_York')).toBe('2026-12-31');
});

test('time zones are IANA names', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Mars/Olympus')).toBe(false);
});
