import { allDialects, sayAll } from '../../bridge/dialects/table';
import { envelope } from '../../bridge/envelope';
import { readBatch } from '../../bridge/outbox-queries';
import type { RelaySession } from '../../bridge/relay-session';
import { type ToldFact, toldFact } from '../../bridge/told-fact';
import { SYSTEMS } from '../../domain/item';
import { addRoom } from '../support/bookings';
import { change, changed, commitStep, confirmedReservation, stay, step, type Wish } from '../support/changes';
import { freshDatabase, type TestDatabase } from '../support/database';

const dialects = allDialects({
  KAFKA_REQUEST_TOPIC: 'booking-requests',
  KAFKA_RESPONSE_TOPIC: 'booking-updates',
});
const LANES = [...Array(16).keys()];
const MARCH = stay('2027-03-01', '2027-03-04');
const APRIL = stay('2027-04-01', '2027-04-06');

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.query(`INSERT INTO booking.people VALUES ('traveler-1', 'Ada Lovelace', 'ada@example.com')`);
});
afterAll(() => database.close());

/** What the outbox holds now, as a relay reads it. */
async function outbox(): Promise<ToldFact[]> {
  const session = { query: database.query } as unknown as RelaySession;
  const rows = await readBatch(session, LANES, 100);
  return rows.flatMap((row) => (row.booking_id === null ? [] : [toldFact(row)]));
}

const say = (told: ToldFact) => sayAll(dialects, [], told);

/** A reservation of March that was changed, all of which still waits to be told. */
async function changedOnce(hotel: string, wish: Wish) {
  await database.query('DELETE FROM booking.outbox');
  const itemId = await addRoom(database, `${hotel}:STD`);
  await addRoom(database, `${hotel}:SUITE`);
  const held = await confirmedReservation(database, itemId, MARCH);
  expect(await change(database, held, wish)).toMatchObject({ sequence: 6 });
  return changed(held, wish);
}

test('a change is told whole, as the reservation now is, with what it was and what that makes', async () => {
  await changedOnce('HOTEL-A', {
    stay: APRIL,
    itemId: 'HOTEL-A:SUITE' as ToldFact['booking']['itemId'],
    guests: 1,
    price: { amount: 30_000, currency: 'USD' },
  });
  const modified = (await outbox()).at(-1);
  if (!modified) throw new Error('nothing to tell');
  const [message] = say(modified);
  expect(message).toMatchObject({
    topic: 'reservation.modified',
    key: 'HOTEL-A',
    type: 'reservation.modified',
    value: {
      eventType: 'reservation.modified',
      guestDetails: { guestId: 'traveler-1', name: 'Ada Lovelace', email: 'ada@example.com' },
      stayDetails: {
        roomType: 'SUITE',
        checkIn: '2027-04-01T00:00:00.000Z',
        checkOut: '2027-04-06T00:00:00.000Z',
        nights: 5,
        guests: 1,
      },
      pricingDetails: { totalPrice: 300, currency: 'USD' },
      previous: {
        stayDetails: {
          roomType: 'STD',
          checkIn: '2027-03-01T00:00:00.000Z',
          checkOut: '2027-03-04T00:00:00.000Z',
          nights: 3,
          guests: 2,
        },
        pricingDetails: { totalPrice: 360, currency: 'USD' },
      },
      priceDifference: -60,
      state: 'CONFIRMED',
      sequence: 6,
    },
  });
});

test('its nights are told in the two words there are: given back, then taken, each under an id of its own', async () => {
  await changedOnce('HOTEL-B', { stay: APRIL });
  const modified = (await outbox()).at(-1);
  if (!modified) throw new Error('nothing to tell');
  const messages = say(modified).filter(({ topic }) => topic === 'availability.updated');
  expect(messages.map(({ value }) => [value.change, value.stayDetails])).toEqual([
    ['released', expect.objectContaining({ checkIn: '2027-03-01T00:00:00.000Z' })],
    ['blocked', expect.objectContaining({ checkIn: '2027-04-01T00:00:00.000Z' })],
  ]);
  const sent = envelope(modified.fact, say(modified)).filter(({ topic }) => topic === 'availability.updated');
  expect(sent.map(({ headers }) => headers.ce_id)).toEqual(messages.map(({ value }) => value.eventId));
  expect(new Set(sent.map(({ headers }) => headers.ce_id)).size).toBe(2);
  expect(new Set(sent.map(({ headers }) => headers.ce_factid)).size).toBe(1);
});

test('a change of guests alone moves no nights', async () => {
  await changedOnce('HOTEL-C', { guests: 1 });
  const modified = (await outbox()).at(-1);
  expect(modified && say(modified).map(({ topic }) => topic)).toEqual([
    'reservation.modified',
    'rate.applied',
  ]);
});

test('what is told late is told as it stood then, through two changes', async () => {
  const once = await changedOnce('HOTEL-D', { stay: APRIL });
  const suite = { itemId: 'HOTEL-D:SUITE' as typeof once.request.itemId, round: 3 };
  await change(database, once, suite);
  const twice = changed(once, suite);
  const { bookingId } = twice.request;
  await commitStep(database, step(bookingId, 8, 'booking.cancelled', 'CONFIRMED', 'CANCELLED'));

  const told = (await outbox())
    .flatMap(say)
    .filter(({ topic }) => topic.startsWith('reservation.') || topic === 'availability.updated')
    .map(({ topic, value }) => {
      const { roomType, checkIn } = value.stayDetails as { roomType: string; checkIn: string };
      return [value.sequence, topic, roomType, checkIn.slice(0, 10)];
    });
  expect(told).toEqual([
    [1, 'reservation.created', 'STD', '2027-03-01'],
    [4, 'availability.updated', 'STD', '2027-03-01'],
    [5, 'reservation.confirmed', 'STD', '2027-03-01'],
    [6, 'reservation.modified', 'STD', '2027-04-01'],
    [6, 'availability.updated', 'STD', '2027-03-01'],
    [6, 'availability.updated', 'STD', '2027-04-01'],
    [7, 'reservation.modified', 'SUITE', '2027-04-01'],
    [7, 'availability.updated', 'STD', '2027-04-01'],
    [7, 'availability.updated', 'SUITE', '2027-04-01'],
    [8, 'reservation.cancelled', 'SUITE', '2027-04-01'],
  ]);
});

test('a later change that does not say what it replaced is a row that cannot be told, not a wrong message', async () => {
  await changedOnce('HOTEL-E', { stay: APRIL });
  await database.query(
    `UPDATE booking.booking_events SET details = '{"from": {"itemId": "HOTEL-E:STD"}}' WHERE type = 'booking.modified'
     AND booking_id IN (SELECT booking_id FROM booking.outbox)`,
  );
  await expect(outbox()).rejects.toThrow('does not say what it replaced');
});

test('the other systems have no word for a change', async () => {
  await changedOnce('HOTEL-F', { stay: APRIL });
  const modified = (await outbox()).at(-1);
  for (const system of SYSTEMS.filter((name) => name !== 'hotel'))
    expect(modified && dialects[system]?.(modified)).toEqual([]);
});

test('an early departure gives nights back on availability.updated', async () => {
  const held = await changedOnce('HOTEL-G', { stay: APRIL });
  const { bookingId } = held.request;
  await commitStep(database, step(bookingId, 7, 'booking.checked-in', 'CONFIRMED', 'CHECKED_IN'));
  await commitStep(database, step(bookingId, 8, 'booking.checked-out', 'CHECKED_IN', 'CHECKED_OUT'));
  const departure = {
    ...step(bookingId, 9, 'inventory.released', 'CHECKED_OUT', 'CHECKED_OUT'),
    at: '2027-04-02T09:00:00.000Z',
  };
  await database.query('SELECT booking.commit_departure($1, $2)', [JSON.stringify(departure), held.blockId]);
  const released = (await outbox()).at(-1);
  expect(released && say(released)).toMatchObject([
    {
      topic: 'availability.updated',
      value: {
        change: 'released',
        stayDetails: { checkIn: '2027-04-03T00:00:00.000Z', checkOut: '2027-04-06T00:00:00.000Z' },
        state: 'CHECKED_OUT',
        sequence: 9,
      },
    },
  ]);
});
