import { randomUUID } from 'node:crypto';
import { addDays, type CalendarDate } from '../domain/stay-dates';
import { readConfig } from '../platform/config';
import { signToken } from '../scripts/token';
import { getJson, sendJson } from './http';

/** What is read: a long stay in a hotel whose plan has every kind of rule, and a month of all its rooms. */
export const READS = { rooms: 50, nights: 30 } as const;

const HOTEL = 'BENCH-HOTEL';
const OWNER = 'bench-hotel-owner';
const ROUNDS = 200;
const WARM_UP = 20;
/** How many nights of each room have a row of their own in the calendar. */
const CLOSED_NIGHTS = 10;
const FIRST_DAY = 40;

/** How long each call took, one at a time, milliseconds. */
export interface Reads {
  readonly quoteMs: readonly number[];
  readonly calendarMs: readonly number[];
}

/** Measures the product's public reads over HTTP, on a hotel that is laid down first as its owner would. */
export async function measureReads(url: string): Promise<Reads> {
  const token = await signToken({ role: 'owner', sub: OWNER, ttl: '1h' }, readConfig({}));
  const start = addDays(new Date().toISOString().slice(0, 10) as CalendarDate, FIRST_DAY);
  const end = addDays(start, READS.nights);
  const write = (method: 'POST' | 'PUT', path: string, body: unknown) =>
    sendJson({ method, url: `${url}${path}`, token, key: randomUUID(), body });
  const to = addDays(start, CLOSED_NIGHTS);
  for (let n = 1; n <= READS.rooms; n += 1) {
    const roomType = `ROOM-${n}`;
    await write('POST', '/api/items', { id: `${HOTEL}:${roomType}`, ...ROOM });
    await write('POST', '/api/availability/block', { propertyId: HOTEL, roomType, from: start, to });
  }
  const place = { propertyId: HOTEL, roomType: 'ROOM-1' };
  await write('PUT', '/api/rates', { ...place, plan: planFrom(start, end) });
  const quote = `propertyId=${HOTEL}&roomType=ROOM-1&checkIn=${start}&checkOut=${end}&guests=3&quantity=2`;
  const calendar = `propertyId=${HOTEL}&from=${start}&to=${end}`;
  return {
    quoteMs: await timesOf(() => getJson(`${url}/api/rates/quote?${quote}`)),
    calendarMs: await timesOf(() => getJson(`${url}/api/availability?${calendar}`)),
  };
}

const ROOM = {
  ...{ system: 'hotel', kind: 'room', name: 'Room', nightlyPrice: 120, currency: 'USD' },
  ...{ maxGuests: 2, capacity: 20, timeZone: 'Europe/Berlin' },
};

function planFrom(from: CalendarDate, to: CalendarDate) {
  return {
    code: 'STANDARD',
    seasons: [
      { name: 'Season', from, to, percent: 10 },
      { name: 'Fair', from, to: addDays(from, 5), price: 180, priority: 1 },
    ],
    weekdays: { friday: { percent: 10 }, saturday: { price: 150 } },
    lengthOfStay: [{ minNights: 7, percent: 10 }],
    earlyBird: [{ daysAhead: 30, percent: 5 }],
    extraGuests: { included: 1, perNight: 30 },
    fees: [{ name: 'Final cleaning', amount: 25, per: 'stay' }],
    taxes: [
      { name: 'VAT', percent: 7 },
      { name: 'City tax', percent: 5, included: false },
    ],
    dynamic: {
      occupancy: [{ atLeastPercent: 80, percent: 15 }],
      leadTime: [{ atMostDays: 60, percent: -5 }],
    },
    floor: 90,
    ceiling: 220,
  };
}

async function timesOf(read: () => Promise<unknown>): Promise<number[]> {
  for (let n = 0; n < WARM_UP; n += 1) await read();
  const times: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const begun = performance.now();
    await read();
    times.push(performance.now() - begun);
  }
  return times;
}
