import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { addDays, type CalendarDate } from '../domain/stay-dates';
import { readConfig } from '../platform/config';
import { signToken } from '../scripts/token';
import type { Contender } from './contender';
import { type HistorySize, overHistories, sizeWhenWaiting } from './history';
import { sendJson } from './http';

const HOTEL = 'BENCH-CHANGES';
const OWNER = 'bench-changes-owner';
const NIGHTS = 3;
const COUNT = 20;
const WARM_UP = 3;

/** What a change asks of the payment: nothing where the card is only saved yet, another hold where one stands. */
export const CHANGE_KINDS = ['card-saved', 'held'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

interface ChangeSetting {
  readonly roomType: string;
  readonly daysAhead: number;
  readonly holdDaysBefore: number;
}

const SETTINGS: Readonly<Record<ChangeKind, ChangeSetting>> = {
  'card-saved': { roomType: 'FAR', daysAhead: 60, holdDaysBefore: 5 },
  held: { roomType: 'NEAR', daysAhead: 3, holdDaysBefore: 7 },
};

/** One reservation that was made and then given one night more. */
export interface Change {
  /** Until the create call was answered. */
  readonly createMs: number;
  /** Until the change was answered: it is paid for, has its nights and is committed. */
  readonly changeMs: number;
  /** What the change added to the saga's history. */
  readonly added: HistorySize;
}

export type Changes = Readonly<Record<ChangeKind, readonly Change[]>>;

/** Measures changes of confirmed reservations over HTTP, one at a time, beside the create calls of the same ones. */
export async function measureChanges(
  contender: Contender,
  temporalAddress: string,
  signal: AbortSignal,
): Promise<Changes> {
  const config = readConfig({});
  const owner = await signToken({ role: 'owner', sub: OWNER, ttl: '1h' }, config);
  for (const kind of CHANGE_KINDS) {
    const { roomType, holdDaysBefore } = SETTINGS[kind];
    const paymentPolicy = { kind: 'at-check-in', holdDaysBefore };
    const item = { id: `${HOTEL}:${roomType}`, ...ROOM, paymentPolicy };
    await sendJson({
      ...{ method: 'POST', url: `${contender.url}/api/items` },
      ...{ token: owner, key: randomUUID(), body: item },
    });
  }
  return overHistories(temporalAddress, async (client) => {
    const changesOf = async (kind: ChangeKind) => {
      const changes: Change[] = [];
      for (let n = 1; n <= WARM_UP + COUNT; n += 1) {
        signal.throwIfAborted();
        const guest = await signToken({ role: 'traveler', sub: `bench-guest-${n}`, ttl: '1h' }, config);
        const change = await makeChange(contender, client, guest, SETTINGS[kind]);
        if (n > WARM_UP) changes.push(change);
      }
      return changes;
    };
    return { 'card-saved': await changesOf('card-saved'), held: await changesOf('held') };
  });
}

const ROOM = {
  ...{ system: 'hotel', kind: 'room', name: 'Room', nightlyPrice: 120, currency: 'USD', instant: true },
  ...{ maxGuests: 2, capacity: 1000, timeZone: 'Europe/Berlin' },
};

async function makeChange(
  { url, confirmations, workflowIdOf }: Contender,
  client: Client,
  token: string,
  { roomType, daysAhead }: ChangeSetting,
): Promise<Change> {
  const checkIn = addDays(new Date().toISOString().slice(0, 10) as CalendarDate, daysAhead);
  const checkOut = addDays(checkIn, NIGHTS);
  const reservations = `${url}/api/reservations`;
  const body = {
    ...{ propertyId: HOTEL, roomType, guestDetails: { name: 'Ann Lee' }, paymentToken: 'tok_approved' },
    stayDetails: { checkIn, checkOut, guests: 2 },
  };
  const created = await timed(() =>
    sendJson({ method: 'POST', url: reservations, token, key: randomUUID(), body }),
  );
  const { id, confirmationNumber } = reservationIn(created.answer);
  await confirmations.of(id);
  const before = await sizeWhenWaiting(client, workflowIdOf(id));

  const later = { stayDetails: { checkOut: addDays(checkOut, 1) } };
  const changed = await timed(() =>
    sendJson({
      ...{ method: 'PUT', url: `${reservations}/${confirmationNumber}` },
      ...{ token, key: randomUUID(), body: later },
    }),
  );
  const { nights } = reservationIn(changed.answer).stayDetails;
  if (nights !== NIGHTS + 1)
    throw new Error(`The change of ${confirmationNumber} was answered with a stay of ${nights} nights.`);
  const after = await sizeWhenWaiting(client, workflowIdOf(id), before.events);
  return {
    createMs: created.ms,
    changeMs: changed.ms,
    added: { events: after.events - before.events, activities: after.activities - before.activities },
  };
}

async function timed(call: () => Promise<unknown>): Promise<{ answer: unknown; ms: number }> {
  const begun = performance.now();
  const answer = await call();
  return { answer, ms: performance.now() - begun };
}

interface Reservation {
  readonly id: string;
  readonly confirmationNumber: string;
  readonly stayDetails: { readonly nights: number };
}

function reservationIn(answer: unknown): Reservation {
  const { data } = answer as { data?: Partial<Reservation> };
  if (data?.id && data.confirmationNumber && data.stayDetails) return data as Reservation;
  throw new Error(`A call was answered without a reservation: ${JSON.stringify(answer)}`);
}
