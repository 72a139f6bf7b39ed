import fc from 'fast-check';
import { toldAgreement } from '../../domain/agreement';
import type { BookingRequest } from '../../domain/booking';
import { type BookingState, type FactType, transition } from '../../domain/booking-state';
import { priceDifference } from '../../domain/change';
import type { ItemId } from '../../domain/ids';
import { addDays, type CalendarDate } from '../../domain/stay-dates';
import { bookingRequest } from './bookings';
import type { TestDatabase } from './database';

/*
 * Bookings of all three systems without sagas and without Kafka: facts are committed by the statements that the sagas
 * use. What the bridge would say of them, and groups would hear: told.ts.
 */
const HOUR = 3_600_000;

/** What is sold in the plays; two owners, three currencies, zones on both sides of UTC. */
export const PLAYED_ITEMS = [
  { id: 'VILLA', system: 'stays', kind: 'property', owner: 'ann', currency: 'USD', zone: 'America/New_York' },
  { id: 'RYOKAN', system: 'stays', kind: 'property', owner: 'ken', currency: 'JPY', zone: 'Asia/Tokyo' },
  { id: 'GRAND:STD', system: 'hotel', kind: 'room', owner: 'ann', currency: 'EUR', zone: 'Europe/Berlin' },
  { id: 'GRAND:SUITE', system: 'hotel', kind: 'room', owner: 'ann', currency: 'EUR', zone: 'Europe/Berlin' },
  {
    id: 'FLIGHT-1',
    system: 'travel',
    kind: 'flight',
    owner: 'ken',
    currency: 'USD',
    zone: 'America/New_York',
  },
  { id: 'CAR-1', system: 'travel', kind: 'car', owner: 'ken', currency: 'USD', zone: 'America/Los_Angeles' },
] as const;
export const PLAYED_CAPACITY = 40;
/** The flight's one departure. */
export const DEPARTURE = '2030-03-20' as CalendarDate;

export async function addPlayedItems(database: TestDatabase): Promise<void> {
  for (const { id, system, kind, owner, currency, zone } of PLAYED_ITEMS) {
    await database.query(
      `INSERT INTO booking.items (id, system, kind, owner_id, name, nightly_amount, currency, capacity, max_guests,
         time_zone, check_in_time, check_out_time, departure_date, decision_window_seconds, payment_deadline_seconds,
         grace_seconds)
       VALUES ($1, $2, $3, $4, $1, 1000, $5, $6, 8, $7, '15:00', '11:00', $8, 86400, 86400, 900)`,
      [id, system, kind, owner, currency, PLAYED_CAPACITY, zone, kind === 'flight' ? DEPARTURE : null],
    );
  }
}

const ENDINGS = [
  ...(['pending', 'rejected', 'declined', 'confirmed', 'stayed', 'stayed', 'cancelled', 'refunded'] as const),
  ...(['no-show', 'left-early', 'changed', 'changed-and-cancelled'] as const),
];

/** One booking's life: what is booked, when, and how it ends. */
export interface Life {
  readonly item: number;
  /** Hours from the first of January 2030 until it is asked for. */
  readonly openedAfter: number;
  readonly daysAhead: number;
  readonly nights: number;
  readonly quantity: number;
  /** Minor units. */
  readonly price: number;
  readonly ending: (typeof ENDINGS)[number];
}

/** Lives that must be among them: a room left after the first of four nights, one that is changed to the other type. */
const CERTAIN: readonly Life[] = (['left-early', 'changed'] as const).map((ending) => ({
  ...{ item: 2, openedAfter: 500, daysAhead: 5, nights: 4, quantity: 2, price: 50_003, ending },
}));

/** So many lives, the same in every run. */
export function generatedLives(count: number): Life[] {
  const life = fc.record({
    item: fc.nat(PLAYED_ITEMS.length - 1),
    openedAfter: fc.integer({ min: 0, max: 24 * 60 }),
    daysAhead: fc.integer({ min: 0, max: 40 }),
    nights: fc.integer({ min: 1, max: 6 }),
    quantity: fc.integer({ min: 1, max: 3 }),
    price: fc.integer({ min: 1, max: 90_001 }),
    ending: fc.constantFrom(...ENDINGS),
  });
  return [...CERTAIN, ...fc.sample(life, { numRuns: count - CERTAIN.length, seed: 20_301_121 })];
}

/** Plays one life into the event log. @returns the booking's id */
export async function play(database: TestDatabase, life: Life): Promise<string> {
  const item = PLAYED_ITEMS[life.item];
  if (!item) throw new Error(`no item ${life.item}`);
  const openedAt = Date.parse('2030-01-01T00:00:00.000Z') + life.openedAfter * HOUR;
  const flies = item.kind === 'flight';
  const base = bookingRequest({
    itemId: item.id as ItemId,
    now: openedAt,
    daysAhead: life.daysAhead,
    nights: life.nights,
  });
  const request: BookingRequest = {
    ...base,
    system: item.system,
    itemName: item.id,
    ownerId: item.owner as BookingRequest['ownerId'],
    // A home is booked whole.
    quantity: item.system === 'stays' ? 1 : life.quantity,
    price: { amount: life.price, currency: item.currency },
    stay: flies ? { start: DEPARTURE, end: addDays(DEPARTURE, 1) } : base.stay,
  };
  const saga = new PlayedSaga(database, request, openedAt);
  await saga.open();
  await live(saga, life.ending);
  return request.bookingId;
}

async function live(saga: PlayedSaga, ending: Life['ending']): Promise<void> {
  const { price, system } = saga.request;
  const amount = { amount: price };
  if (ending === 'pending') return;
  if (ending === 'rejected') return await saga.tell('booking.rejected');
  await saga.tell('booking.accepted');
  if (ending === 'declined') {
    await saga.tell('payment.declined', amount);
    return await saga.tell('booking.failed');
  }
  await saga.tell('payment.authorized', amount);
  await saga.tell('inventory.blocked');
  if (system === 'travel') await saga.tell('payment.captured', amount);
  await saga.tell('booking.confirmed');
  if (ending === 'confirmed') return;
  const changes = ending === 'changed' || ending === 'changed-and-cancelled';
  if (changes && system === 'hotel') await saga.change();
  if (ending === 'cancelled' || ending === 'changed-and-cancelled') {
    await saga.tell('booking.cancelled');
    const [step, outcome] =
      system === 'travel'
        ? (['refund-payment', 'refunded'] as const)
        : (['void-authorization', 'voided'] as const);
    await saga.tell('undo.completed', { ...amount, step, outcome });
    return await saga.tell('undo.completed', { step: 'release-nights' });
  }
  if (ending === 'no-show') {
    await saga.tell('booking.no-show');
    return await saga.tell('payment.captured', { amount: { ...price, amount: 1 }, released: price });
  }
  await saga.tell('booking.checked-in');
  if (system !== 'travel') await saga.tell('payment.captured', amount);
  await saga.tell('booking.checked-out');
  if (ending === 'refunded') {
    await saga.tell('payment.refunded', { amount: { ...price, amount: Math.ceil(price.amount / 2) } });
  }
  if (ending === 'left-early' && system === 'hotel') await saga.leaveEarly();
  await saga.tell('payment.settled', amount);
}

/** Commits a booking's facts, an hour and a bit apart. */
class PlayedSaga {
  private state: BookingState = 'PENDING';
  private sequence = 1;

  constructor(
    private readonly database: TestDatabase,
    readonly request: BookingRequest,
    private now: number,
  ) {}

  async open(): Promise<void> {
    const step = {
      ...this.document('booking.opened', 'NONE', 'PENDING'),
      ...{ request: this.request, decisionBy: this.at },
    };
    await this.database.query('SELECT booking.open_booking($1)', [JSON.stringify(step)]);
  }

  async tell(type: FactType, details: object = {}): Promise<void> {
    await this.database.query('SELECT booking.commit_step($1)', [JSON.stringify(this.next(type, details))]);
  }

  /** Three days later, a night longer, in the other room, at another price. */
  async change(): Promise<void> {
    const { bookingId, terms, stay } = this.request;
    const from = toldAgreement(this.request);
    const itemId = (from.itemId === 'GRAND:STD' ? 'GRAND:SUITE' : 'GRAND:STD') as ItemId;
    const later = { start: addDays(stay.start, 3), end: addDays(stay.end, 4) };
    const price = { ...from.price, amount: from.price.amount + 1_001 };
    const to = { ...from, itemId, stay: later, price };
    const step = {
      ...this.next('booking.modified', { from, to, difference: priceDifference(from, to) }),
      change: { ...to, terms },
    };
    await this.database.query('SELECT booking.commit_change($1, $2, $3)', [
      ...[JSON.stringify(step), `${bookingId}:block:1`, `${bookingId}:block:2`],
    ]);
  }

  /** After the first night, if there are more. */
  async leaveEarly(): Promise<void> {
    const { start, end } = this.request.stay;
    const left = addDays(start, 1);
    if (left < end) await this.tell('inventory.released', { stay: { start: left, end } });
  }

  private get at(): string {
    return new Date(this.now).toISOString();
  }

  private next(type: FactType, details: object) {
    const from = this.state;
    this.now += 67 * 60_000;
    this.sequence += 1;
    this.state = transition(from, type);
    return { ...this.document(type, from, this.state), details };
  }

  private document(type: FactType, from: string, state: string) {
    const { bookingId } = this.request;
    const step = { bookingId, sequence: this.sequence, type, from, state, undo: 'none', actor: 'SYSTEM' };
    return { ...step, attempts: 1, at: this.at, patch: {} };
  }
}

/** In another order, the same in every run. */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const [mixed = []] = fc.sample(fc.shuffledSubarray([...list], { minLength: list.length }), {
    numRuns: 1,
    seed,
  });
  return mixed;
}
