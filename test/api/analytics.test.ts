import { toCsv } from '../../api/analytics/csv';
import type { ApiDeps } from '../../api/deps';
import type { RawRequest } from '../../api/http/route';
import { analyticsRoutes } from '../../api/routes/analytics';
import { analyticsEngine } from '../../consumers/analytics-engine/group';
import { openTransactions } from '../../platform/database/transactions';
import { addPlayedItems, generatedLives, PLAYED_CAPACITY, play, shuffled } from '../support/bookings-played';
import { eventsFor, takeTold } from '../support/told';
import { type ApiWorld, apiWorld } from './support/api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
  await addPlayedItems(world.database);
  for (const life of generatedLives(60)) await play(world.database, life);
  await world.database.query(
    `INSERT INTO booking.availability_calendar (item_id, night, capacity, closed)
     VALUES ('VILLA', '2030-02-10', 40, true), ('VILLA', '2030-02-11', 7, false)
     ON CONFLICT (item_id, night) DO UPDATE SET capacity = EXCLUDED.capacity, closed = EXCLUDED.closed`,
  );
  const events = eventsFor(analyticsEngine, await takeTold(world.database));
  const transactions = openTransactions({
    ...{ url: world.database.url, applicationName: 'test consumers', poolSize: 1, timeoutMs: 40_000 },
  });
  await transactions.run(async (transaction) => {
    for (const event of shuffled(events, 3)) await analyticsEngine.handle(event, transaction);
  });
  await transactions.close();
  world.setNow('2030-03-01T12:00:00.000Z');
});
afterAll(() => world.close());

const FROM = '2030-01-10';
const TO = '2030-03-05';
const ask = async (path: string, as = 'admin:boss') => {
  const reply = await world.call('GET', `/api/analytics/${path}`, { as });
  if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text}`);
  return reply.json.data;
};

/**
 * Every figure, counted straight from the bookings, their event log and the calendar: nothing here knows of the engine.
 * The key is an expression over `i`, an item, and `day`.
 */
const COUNTED = (key: string) => `
  WITH log AS (
    SELECT e.*, b.item_id, b.start_date, b.end_date, (e.at AT TIME ZONE i.time_zone)::date AS day
    FROM booking.booking_events e JOIN booking.bookings b ON b.id = e.booking_id JOIN booking.items i ON i.id = b.item_id
  ), was_confirmed AS (SELECT booking_id FROM log WHERE type = 'booking.confirmed'
  ), nights AS (
    SELECT b.item_id, n::date AS day, b.quantity,
      b.price_amount / s.nights + (n::date - b.start_date < b.price_amount % s.nights)::integer AS revenue
    FROM booking.bookings b
    LEFT JOIN log l ON l.booking_id = b.id AND l.type = 'inventory.released' AND l.state = 'CHECKED_OUT'
    CROSS JOIN LATERAL (SELECT COALESCE((l.details->'stay'->>'start')::date, b.end_date) - b.start_date AS nights) s
    CROSS JOIN generate_series(b.start_date, b.start_date + s.nights - 1, '1 day') n
    WHERE b.state IN ('CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT')
  ), counted (item_id, day, figure, value) AS (
    SELECT item_id, day, 'requests', 1 FROM log WHERE type = 'booking.opened'
    UNION ALL SELECT item_id, day, 'bookings', 1 FROM log WHERE type = 'booking.confirmed'
    UNION ALL SELECT item_id, day, 'cancellations', 1 FROM log
      WHERE type IN ('booking.cancelled', 'booking.failed') AND booking_id IN (SELECT * FROM was_confirmed)
    UNION ALL SELECT item_id, day, 'noShows', 1 FROM log WHERE type = 'booking.no-show'
    UNION ALL SELECT item_id, day, 'soldNights', quantity FROM nights
    UNION ALL SELECT item_id, day, 'revenue', revenue FROM nights
    UNION ALL SELECT item_id, day, 'captured', (details->'amount'->>'amount')::integer FROM log WHERE type = 'payment.captured'
    UNION ALL SELECT item_id, day, 'refunded', (details->'amount'->>'amount')::integer FROM log
      WHERE type = 'payment.refunded' OR details->>'outcome' = 'refunded'
    UNION ALL SELECT i.id, d::date, 'availableNights', CASE WHEN c.closed THEN 0 ELSE COALESCE(c.capacity, i.capacity) END
      FROM booking.items i CROSS JOIN generate_series($1::date, $2::date - 1, '1 day') d
      LEFT JOIN booking.availability_calendar c ON c.item_id = i.id AND c.night = d
      WHERE i.departure_date IS NULL OR i.departure_date = d
  )
  SELECT ${key} AS key, i.currency, figure, sum(value)::float8 AS value
  FROM counted JOIN booking.items i ON i.id = counted.item_id
  WHERE day >= $1::date AND day < $2::date GROUP BY 1, 2, 3`;

const MONEY = ['revenue', 'captured', 'refunded'];
const DIGITS: Readonly<Record<string, number>> = { JPY: 0 };

test.each([
  ['item', 'i.id'],
  ['owner', 'i.owner_id'],
  ['kind', 'i.kind'],
  ['day', 'day::text'],
  ['all', "'all'"],
])('figures by %s are what a straight count over the event log gives, in each currency', async (by, key) => {
  const { lines } = await ask(`kpis?from=${FROM}&to=${TO}&groupBy=${by}`);
  const rows = await world.database.query<{ key: string; currency: string; figure: string; value: number }>(
    COUNTED(key),
    [FROM, TO],
  );
  const expected = new Map<string, Record<string, number>>();
  for (const { key: of, currency, figure, value } of rows) {
    const line = expected.get(`${of} ${currency}`) ?? {};
    line[figure] = MONEY.includes(figure) ? value / 10 ** (DIGITS[currency] ?? 2) : value;
    expected.set(`${of} ${currency}`, line);
  }
  expect(
    lines.map((line: { key: string; currency: string }) => `${line.key} ${line.currency}`).sort(),
  ).toEqual([...expected.keys()].sort());
  const NAMES = [
    'requests',
    'bookings',
    'cancellations',
    'noShows',
    'soldNights',
    'availableNights',
    ...MONEY,
  ];
  // The plays hold some of each, or nothing would be shown.
  for (const name of NAMES)
    expect(lines.some((line: Record<string, number>) => (line[name] ?? 0) > 0)).toBe(true);
  for (const line of lines) {
    const told = Object.fromEntries(NAMES.map((name) => [name, line[name]]));
    const counted = expected.get(`${line.key} ${line.currency}`) ?? {};
    expect({ key: line.key, ...told }).toEqual({
      key: line.key,
      ...Object.fromEntries(NAMES.map((name) => [name, counted[name] ?? 0])),
    });
  }
});

test('ratios follow from the counts, and lead time, length of stay and conversion from the log', async () => {
  const { lines } = await ask(`kpis?from=${FROM}&to=${TO}&itemId=GRAND:STD`);
  const [line] = lines;
  expect(line.occupancy).toBeCloseTo(line.soldNights / line.availableNights, 4);
  expect(line.adr).toBeCloseTo(line.revenue / line.soldNights, 2);
  expect(line.revPar).toBeCloseTo(line.revenue / line.availableNights, 2);
  const [counted] = await world.database.query(
    `SELECT round(avg(b.start_date - (o.at AT TIME ZONE 'Europe/Berlin')::date) FILTER (WHERE c.at IS NOT NULL), 2)::float8
         AS "leadTimeDays",
       round(avg(b.end_date - b.start_date) FILTER (WHERE c.at IS NOT NULL), 2)::float8 AS "lengthOfStayNights"
     FROM booking.bookings b JOIN booking.booking_events o ON o.booking_id = b.id AND o.type = 'booking.opened'
     JOIN booking.booking_events c ON c.booking_id = b.id AND c.type = 'booking.confirmed'
     WHERE b.item_id = 'GRAND:STD' AND (c.at AT TIME ZONE 'Europe/Berlin')::date >= $1
       AND (c.at AT TIME ZONE 'Europe/Berlin')::date < $2`,
    [FROM, TO],
  );
  expect(line).toMatchObject(counted ?? {});
  const [conversion] = await world.database.query(
    `SELECT round((count(*) FILTER (WHERE c.at IS NOT NULL))::numeric
       / count(*) FILTER (WHERE b.state <> 'PENDING'), 4)::float8 AS conversion
     FROM booking.bookings b LEFT JOIN booking.booking_events c ON c.booking_id = b.id AND c.type = 'booking.confirmed'
     WHERE b.item_id = 'GRAND:STD' AND (b.created_at AT TIME ZONE 'Europe/Berlin')::date >= $1
       AND (b.created_at AT TIME ZONE 'Europe/Berlin')::date < $2`,
    [FROM, TO],
  );
  expect(line).toMatchObject(conversion ?? {});
  // A flight takes no nights.
  const flight = await ask(`kpis?from=2030-03-01&to=2030-04-01&itemId=FLIGHT-1`);
  expect(flight.lines).toMatchObject([{ lengthOfStayNights: null, availableNights: PLAYED_CAPACITY }]);
});

test('occupancy and revenue tell the same nights day by day, closed nights not among those to sell', async () => {
  const which = 'from=2030-02-09&to=2030-02-12&itemId=VILLA';
  const occupancy = (await ask(`occupancy?${which}`)).lines;
  expect(
    occupancy.map(({ key, availableNights }: Record<string, unknown>) => [key, availableNights]),
  ).toEqual([
    ['2030-02-09', 40],
    ['2030-02-10', 0],
    ['2030-02-11', 7],
  ]);
  expect(occupancy[1].occupancy).toBeNull();
  const revenue = (await ask(`revenue?${which}`)).lines;
  expect(revenue.map((line: { soldNights: number }) => line.soldNights)).toEqual(
    occupancy.map((line: { soldNights: number }) => line.soldNights),
  );
  expect(Object.keys(revenue[0]).sort()).toEqual(
    ['adr', 'captured', 'currency', 'key', 'refunded', 'revPar', 'revenue', 'soldNights'].sort(),
  );
});

test('trends set the days beside as many before them', async () => {
  const trends = await ask('trends?from=2030-02-01&to=2030-02-15&itemId=CAR-1');
  const now = (await ask('kpis?from=2030-02-01&to=2030-02-15&itemId=CAR-1')).lines[0];
  const before = (await ask('kpis?from=2030-01-18&to=2030-02-01&itemId=CAR-1')).lines[0];
  expect(trends).toMatchObject({ beforeFrom: '2030-01-18' });
  expect(trends.lines[0].revenue).toEqual({
    ...{ now: now.revenue, before: before.revenue },
    change: Number(((now.revenue - before.revenue) / before.revenue).toFixed(4)),
  });
});

test('the forecast is what is on the books and what past days still gained from as far off', async () => {
  const { today, forecasts } = await ask('forecast?kind=property&currency=USD&from=2030-03-01&to=2030-03-25');
  expect(today).toBe('2030-03-01');
  expect(forecasts.map(({ currency }: { currency: string }) => currency)).toEqual(['USD']);
  const { days } = forecasts[0];
  expect(days).toHaveLength(24);
  const kpis = await ask('kpis?kind=property&currency=USD&from=2030-03-01&to=2030-03-25&groupBy=day');
  expect(days.map((day: { onTheBooks: { soldNights: number } }) => day.onTheBooks.soldNights)).toEqual(
    kpis.lines.map((line: { soldNights: number }) => line.soldNights),
  );
  // Straight from the log: what each past night came to, less what was on its books so many days before.
  const pickedUp = (lead: number) =>
    world.database.query<{ sold: number; revenue: number; nights: number }>(
      `WITH booked AS (
         SELECT n::date AS night, b.quantity, b.state, c.on_day, x.off_day,
           b.price_amount / (b.end_date - b.start_date)
             + (n::date - b.start_date < b.price_amount % (b.end_date - b.start_date))::integer AS revenue
         FROM booking.bookings b
         JOIN LATERAL (SELECT (at AT TIME ZONE 'America/New_York')::date AS on_day FROM booking.booking_events
           WHERE booking_id = b.id AND type = 'booking.confirmed') c ON true
         LEFT JOIN LATERAL (SELECT (at AT TIME ZONE 'America/New_York')::date AS off_day FROM booking.booking_events
           WHERE booking_id = b.id AND type IN ('booking.cancelled', 'booking.no-show', 'booking.failed')) x ON true
         CROSS JOIN generate_series(b.start_date, b.end_date - 1, '1 day') n
         WHERE b.item_id = 'VILLA'
       ), since AS (SELECT GREATEST('2030-03-01'::date - 180, min(on_day) + $1::integer) AS first FROM booked),
       each_night AS (
         SELECT
           CASE WHEN state NOT IN ('CANCELLED', 'NO_SHOW', 'FAILED') THEN 1 ELSE 0 END
             - CASE WHEN on_day <= night - $1::integer AND (off_day IS NULL OR off_day > night - $1::integer) THEN 1 ELSE 0 END
             AS gained, quantity, revenue
         FROM booked, since WHERE night >= first AND night < '2030-03-01'
       )
       SELECT '2030-03-01'::date - first AS nights, round(COALESCE(sum(gained * quantity), 0)::numeric / ('2030-03-01'::date - first), 2)::float8 AS sold,
         round(COALESCE(sum(gained * revenue), 0)::numeric / ('2030-03-01'::date - first))::float8 AS revenue
       FROM since LEFT JOIN each_night ON true GROUP BY first`,
      [lead],
    );
  for (const lead of [0, 3, 10, 20]) {
    const [expected] = await pickedUp(lead);
    expect(days[lead].expectedPickUp).toEqual({
      soldNights: expected?.sold,
      revenue: (expected?.revenue ?? 0) / 100,
      nightsOfHistory: expected?.nights,
    });
  }
});

test('without enough history the forecast says so, and is what is on the books', async () => {
  const { forecasts } = await ask('forecast?itemId=VILLA&from=2030-04-28&to=2030-04-30');
  expect(forecasts[0].days[0]).toMatchObject({
    ...{ method: 'on-the-books', expectedPickUp: null, forecast: { soldNights: 0 } },
  });
});

test('a report has a line for each item, as JSON or as a table', async () => {
  const { lines } = await ask(`reports?from=${FROM}&to=${TO}`, 'owner:ann');
  expect(lines.map(({ itemId }: { itemId: string }) => itemId)).toEqual([
    'GRAND:STD',
    'GRAND:SUITE',
    'VILLA',
  ]);
  const path = `/api/analytics/reports?from=${FROM}&to=${TO}`;
  const byAccept = await world.call('GET', path, { as: 'owner:ann', headers: { accept: 'text/csv' } });
  const byQuery = await world.call('GET', `${path}&format=csv`, { as: 'owner:ann' });
  expect(byAccept.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(byQuery.text).toBe(byAccept.text);
  const [head, first, ...rest] = byAccept.text.split('\r\n');
  expect(head?.split(',')).toEqual(
    Object.keys(lines[0]).sort((a, b) => (head ?? '').indexOf(a) - (head ?? '').indexOf(b)),
  );
  expect(first).toContain('GRAND:STD');
  expect(rest).toHaveLength(3);
});

test('a table quotes what holds its signs, and no text of it is taken for a formula', () => {
  const rows = [
    ['Villa "Sol", by the sea', -1.5, null],
    ['=HYPERLINK("x")', 0, '@home'],
  ];
  expect(toCsv(['name', 'change', 'note'], rows)).toBe(
    'name,change,note\r\n"Villa ""Sol"", by the sea",-1.5,\r\n"\'=HYPERLINK(""x"")",0,\'@home\r\n',
  );
});

describe('who sees what', () => {
  const status = async (path: string, as: string) =>
    (await world.call('GET', `/api/analytics/${path}`, { as })).status;

  test('owners see their own items and no others’', async () => {
    const { lines } = await ask('kpis?groupBy=owner', 'owner:ann');
    expect(new Set(lines.map(({ key }: { key: string }) => key))).toEqual(new Set(['ann']));
    expect(await status('kpis?itemId=CAR-1', 'owner:ann')).toBe(403);
    expect(await status('reports?ownerId=ken', 'owner:ann')).toBe(403);
    expect(await status('kpis?itemId=NOWHERE', 'owner:ann')).toBe(404);
    expect(await status('kpis?itemId=CAR-1&ownerId=ken', 'admin:boss')).toBe(200);
    expect(await status('kpis', 'traveler:tom')).toBe(403);
  });

  test('too long a span, a day that is none and a forecast of the past are refused in words', async () => {
    const detail = async (path: string) => {
      const reply = await world.call('GET', `/api/analytics/${path}`, { as: 'admin:boss' });
      return [reply.status, reply.json.code, reply.json.detail];
    };
    expect(await detail('kpis?from=2029-01-01&to=2030-01-03')).toEqual([
      ...[400, 'invalid-dates', 'to: 367 days are too many: at most 366 may be asked for at once.'],
    ]);
    expect((await detail('revenue?from=2030-02-30'))[1]).toBe('invalid-dates');
    expect((await detail('forecast?from=2030-02-28'))[2]).toBe(
      'from: 2030-02-28 is past: what was is in kpis; ask from 2030-03-01 on.',
    );
    expect((await detail('kpis?groupBy=weather'))[1]).toBe('invalid-request');
    expect(await status('kpis?weather=fine', 'admin:boss')).toBe(200);
  });

  test('owners see the alerts about what is theirs, administrators all', async () => {
    await world.database.query(
      `INSERT INTO analytics.alerts (id, kind, subject, item_id, owner_id, text, observed, opened_at, closed_at) VALUES
       ('a1', 'overbooking', 'VILLA', 'VILLA', 'ann', 'Sold twice.', '{"nights": 1}', '2030-02-01T00:00:00Z', NULL),
       ('a2', 'refund-spike', 'ken', NULL, 'ken', 'Many refunds.', '{}', '2030-02-02T00:00:00Z', '2030-02-03T00:00:00Z'),
       ('a3', 'lag', 'owner-group', NULL, NULL, 'Behind.', '{}', '2030-02-03T00:00:00Z', NULL)`,
    );
    const ids = async (query: string, as: string) =>
      (await ask(`alerts${query}`, as)).alerts.map(({ id }: { id: string }) => id);
    expect(await ids('', 'owner:ann')).toEqual(['a1']);
    expect(await ids('', 'admin:boss')).toEqual(['a3', 'a1']);
    expect(await ids('?status=all', 'owner:ken')).toEqual(['a2']);
    expect(await ids('?status=all&from=2030-02-02&to=2030-02-03', 'admin:boss')).toEqual(['a2']);
    expect(await ids('?status=closed&kind=lag', 'admin:boss')).toEqual([]);
  });
});

test('of many questions at once two are answered at a time, and who waits too long is told to come back', async () => {
  jest.useFakeTimers();
  try {
    const answers: (() => void)[] = [];
    const slow = { $queryRaw: () => new Promise((resolve) => answers.push(() => resolve([]))) };
    const routes = analyticsRoutes({ database: slow, now: () => new Date() } as unknown as ApiDeps);
    const alerts = routes.find(({ path }) => path.endsWith('/alerts'));
    const question = () =>
      alerts?.handle({ caller: { role: 'admin' }, query: { status: 'open' } } as unknown as RawRequest);
    const first = [question(), question()];
    const third = question();
    const refused = expect(third).rejects.toMatchObject({ code: 'unavailable', retryAfter: 5 });
    await jest.advanceTimersByTimeAsync(2_000);
    await refused;
    expect(answers).toHaveLength(2);
    for (const answer of answers) answer();
    expect((await Promise.all(first)).map((answer) => answer?.status)).toEqual([200, 200]);
  } finally {
    jest.useRealTimers();
  }
});
