import type { Client } from 'pg';
import { type FactType, nextState, type Origin, UNOPENED } from '../../domain/booking-state';
import { calendarChecks } from '../../scripts/reconcile/calendar-checks';
import type { Check } from '../../scripts/reconcile/finding';
import { ledgerChecks } from '../../scripts/reconcile/ledger-checks';
import { moneyChecks } from '../../scripts/reconcile/money-checks';
import { outboxChecks } from '../../scripts/reconcile/outbox-checks';
import { providerChecks } from '../../scripts/reconcile/provider-checks';
import { runChecks } from '../../scripts/reconcile/run-checks';
import type { HotelPlay, Played } from './hotel-play';

/** No bridge runs beside the sagas, so messages do wait. */
const NOT_HERE = ['outbox'];

/** What `npm run reconcile` compares, but for the sagas: a test has their results. */
export function recordChecks(client: Client): Check[] {
  return [
    ...outboxChecks(client),
    ...calendarChecks(client),
    ...ledgerChecks(client),
    ...moneyChecks(client, client),
    ...providerChecks(client, client),
  ].filter(({ name }) => !NOT_HERE.includes(name));
}

/** What does not agree about the bookings of a play that are all over; one line each, empty where all does. */
export async function contradictions(client: Client, play: HotelPlay): Promise<string[]> {
  const ids = play.bookings.map(({ id }) => id);
  const { findings } = await runChecks(recordChecks(client), false, () => {});
  const isOurs = ({ about }: { readonly about: string }) =>
    ids.some((id) => about === id) || about.startsWith(play.itemId('STD').replace(':STD', ':'));
  const eachByItself: string[] = [];
  for (const booking of play.bookings) eachByItself.push(...(await ofOne(client, booking)));
  return [
    ...findings.filter(isOurs).map(({ check, about, text }) => `${check} ${about}: ${text}`),
    ...(await asked(client, OVERSOLD, [play.itemId('STD'), play.itemId('SUITE')])),
    ...(await asked(client, NIGHTS_KEPT, ids)),
    ...(await asked(client, STILL_HELD, ids)),
    ...(await asked(client, STILL_WITH_US, ids)),
    ...(await asked(client, UNFINISHED, ids)),
    ...eachByItself,
  ];
}

async function asked(client: Client, sql: string, about: readonly string[]): Promise<string[]> {
  return (await client.query<{ what: string }>(sql, [about])).rows.map(({ what }) => what);
}

const OVERSOLD = `
  SELECT item_id || ' ' || night || ' is sold ' || blocked || ' times of ' || capacity AS what
  FROM booking.availability_calendar WHERE item_id = ANY($1) AND blocked > capacity + overbooking`;

/** A stay keeps its nights, or those before its guest left; a no-show the first one; any other ending none. */
const NIGHTS_KEPT = `
  WITH kept AS (
    SELECT b.id, b.state, b.item_id, b.start_date, b.end_date, n.item_id AS of_item, n.night
    FROM booking.bookings b JOIN booking.inventory_blocks k ON k.booking_id = b.id AND k.status = 'live'
    JOIN booking.blocked_nights n ON n.block_id = k.id WHERE b.id = ANY($1)
  )
  SELECT id || ' is ' || state || ' and has ' || of_item || ' ' || night AS what FROM kept
  WHERE of_item <> item_id OR NOT CASE state WHEN 'CHECKED_OUT' THEN night >= start_date AND night < end_date
    WHEN 'NO_SHOW' THEN night = start_date ELSE false END
  UNION ALL
  SELECT id || ' is ' || state || ' and has lost its first night' FROM booking.bookings b
  WHERE id = ANY($1) AND state IN ('CHECKED_OUT', 'NO_SHOW')
    AND NOT EXISTS (SELECT FROM kept k WHERE k.id = b.id AND k.night = b.start_date)`;

const STILL_HELD = `
  SELECT booking_id || ' holds ' || held || ' of ' || authorization_id AS what
  FROM booking.authorizations WHERE booking_id = ANY($1) AND held <> 0
  UNION ALL
  SELECT booking_id || ': the provider holds ' || amount || ' of ' || authorization_id
  FROM payment_simulator.authorizations WHERE booking_id = ANY($1) AND status = 'held'`;

const STILL_WITH_US = `
  SELECT booking_id || ' is over and has ' || sum(amount) || ' in ' || account AS what
  FROM booking.ledger_entries WHERE booking_id = ANY($1) AND account IN ('clearing', 'disputed', 'owner_owes')
  GROUP BY booking_id, account HAVING sum(amount) <> 0`;

const UNFINISHED = `
  SELECT id || ' is ' || state || ', its undo ' || undo AS what FROM booking.bookings
  WHERE id = ANY($1) AND (undo NOT IN ('none', 'done')
    OR state NOT IN ('CHECKED_OUT', 'CANCELLED', 'REJECTED', 'EXPIRED', 'FAILED', 'NO_SHOW'))`;

interface Row {
  readonly state: string;
  readonly item_id: string;
  readonly start: string;
  readonly end: string;
  readonly guests: number;
  readonly price: number;
  readonly kept: number;
  readonly payment_status: string;
}

interface Fact {
  readonly sequence: number;
  readonly type: FactType;
  readonly state: Origin;
}

async function ofOne(client: Client, { id, agreed, wasOrdered, mayBeMistold }: Played): Promise<string[]> {
  const { rows } = await client.query<Row>(
    `SELECT state, item_id, start_date::text AS start, end_date::text AS end, guests, price_amount AS price,
            payment_status, -booking.account_balance(id, 'guest') AS kept
     FROM booking.bookings WHERE id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) return [`${id} is not there`];
  const found = await illegalFacts(client, id);
  const told = [agreed.itemId, agreed.stay.start, agreed.stay.end, agreed.guests, agreed.price.amount];
  const written = [row.item_id, row.start, row.end, row.guests, row.price];
  if (!mayBeMistold && told.join() !== written.join())
    found.push(`${id} is ${written}, its guest was told ${told}`);
  if (row.kept > row.price) found.push(`${id} costs ${row.price}, ${row.kept} was taken and kept`);
  const isFullyPaid = row.state === 'CHECKED_OUT' && !wasOrdered && row.payment_status !== 'failed';
  if (isFullyPaid && row.kept < row.price)
    found.push(`${id} was stayed for ${row.price}, and ${row.kept} was paid`);
  return found;
}

async function illegalFacts(client: Client, id: string): Promise<string[]> {
  const { rows } = await client.query<Fact>(
    'SELECT sequence, type, state FROM booking.booking_events WHERE booking_id = $1 ORDER BY sequence',
    [id],
  );
  const found: string[] = [];
  let before: Origin = UNOPENED;
  for (const [place, { sequence, type, state }] of rows.entries()) {
    if (sequence !== place + 1) found.push(`${id}: fact ${place + 1} has the number ${sequence}`);
    if (nextState(before, type) !== state) found.push(`${id}: ${type} led from ${before} to ${state}`);
    before = state;
  }
  return found;
}
