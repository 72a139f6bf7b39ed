import { randomUUID } from 'node:crypto';
import { addDays, type CalendarDate } from '../domain/stay-dates';
import { readConfig } from '../platform/config';
import { signToken } from '../scripts/token';
import { EventStream } from '../test/support/event-stream';
import { sendJson } from './http';

const OWNER = 'bench-live-owner';
const ITEM = 'BENCH-LIVE';
const COUNT = 40;
const WARM_UP = 5;
/** What a screen may take to hear of the topics for the first time, milliseconds. */
const SETTLE_MS = 5_000;
const DAYS_AHEAD = 60;

/** How long an owner's decision took, one at a time, milliseconds. */
export interface Live {
  /** Until the call was answered: the decision is committed. */
  readonly answeredMs: readonly number[];
  /** Until it was on a screen that follows the owner's stream. */
  readonly shownMs: readonly number[];
}

/** Measures from an owner's click to their screen, beside the answer of the same call. */
export async function measureLive(url: string, signal: AbortSignal): Promise<Live> {
  const config = readConfig({});
  const owner = await signToken({ role: 'owner', sub: OWNER, ttl: '1h' }, config);
  const traveler = await signToken({ role: 'traveler', sub: 'bench-live-guest', ttl: '1h' }, config);
  const send = (method: 'POST' | 'PUT', path: string, token: string, body: unknown) =>
    sendJson({ method, url: `${url}${path}`, token, key: randomUUID(), body });
  await send('POST', '/api/items', owner, { id: ITEM, ...HOME });
  const screen = await EventStream.open(`${url}/api/owners/events`, { authorization: `Bearer ${owner}` });
  try {
    const opened = performance.now();
    const times: { answeredMs: number; shownMs: number }[] = [];
    for (let n = 0; times.length < COUNT; n += 1) {
      signal.throwIfAborted();
      const startDate = addDays(new Date().toISOString().slice(0, 10) as CalendarDate, DAYS_AHEAD + n);
      const stay = { propertyId: ITEM, startDate, endDate: addDays(startDate, 1) };
      const { booking } = (await send('POST', '/api/bookings', traveler, stay)) as {
        booking: { id: string };
      };
      const begun = performance.now();
      const since = () => performance.now() - begun;
      const accepting = send('PUT', `/api/bookings/${booking.id}/accept`, owner, {}).then(since);
      const showing = shown(screen, booking.id).then(since);
      const [answeredMs, shownMs] = await Promise.all([accepting, showing]);
      if (n >= WARM_UP && begun - opened > SETTLE_MS) times.push({ answeredMs, shownMs });
    }
    return {
      answeredMs: times.map(({ answeredMs }) => answeredMs),
      shownMs: times.map(({ shownMs }) => shownMs),
    };
  } finally {
    screen.close();
  }
}

const HOME = {
  ...{ system: 'stays', kind: 'property', name: 'House', nightlyPrice: 200, currency: 'EUR' },
  ...{ maxGuests: 2, capacity: 1000, timeZone: 'Europe/Berlin' },
};

async function shown(screen: EventStream, bookingId: string): Promise<void> {
  for (;;) {
    const [event] = await screen.take(1);
    if (event?.data.bookingId === bookingId && event.data.type === 'booking.accepted') return;
  }
}
