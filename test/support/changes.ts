import { type Agreement, toldAgreement } from '../../domain/agreement';
import type { BookingRequest } from '../../domain/booking';
import { priceDifference } from '../../domain/change';
import { type BlockId, blockIdOf, type ItemId } from '../../domain/ids';
import type { CalendarDate, Stay } from '../../domain/stay-dates';
import { hotelRequest } from './bookings';

/** Anything that runs SQL and answers rows. */
export interface Sql {
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** When everything is committed that these statements commit. */
export const AT = '2027-01-01T12:00:00.000Z';

export function stay(start: string, end: string): Stay {
  return { start: start as CalendarDate, end: end as CalendarDate };
}

/** Where a reservation stands, with the block that has its nights. */
export interface Held {
  readonly request: BookingRequest;
  readonly sequence: number;
  readonly blockId: BlockId;
}

/** A confirmed reservation with its nights, by the statements the saga uses: five facts. */
export async function confirmedReservation(sql: Sql, itemId: ItemId, nights: Stay): Promise<Held> {
  const request = { ...hotelRequest({ itemId, now: Date.parse(AT) }), stay: nights };
  const { bookingId } = request;
  const blockId = blockIdOf(bookingId, 1);
  const opened = {
    ...step(bookingId, 1, 'booking.opened', 'NONE', 'PENDING'),
    ...{ request, decisionBy: AT },
  };
  await sql.query('SELECT booking.open_booking($1)', [JSON.stringify(opened)]);
  await commitStep(sql, step(bookingId, 2, 'booking.accepted', 'PENDING', 'ACCEPTED'));
  await commitStep(sql, step(bookingId, 3, 'payment.authorized', 'ACCEPTED', 'PAYMENT_AUTHORIZED'));
  const [answer] = await sql.query<{ answer: object }>(
    'SELECT booking.commit_block($1, $2, $3, $4::date, $5::date, 1) AS answer',
    [
      JSON.stringify(step(bookingId, 4, 'inventory.blocked', 'PAYMENT_AUTHORIZED', 'PAYMENT_AUTHORIZED')),
      ...[blockId, itemId, nights.start, nights.end],
    ],
  );
  if (answer && 'gone' in answer.answer) throw new Error(`not free: ${JSON.stringify(answer)}`);
  await commitStep(sql, step(bookingId, 5, 'booking.confirmed', 'PAYMENT_AUTHORIZED', 'CONFIRMED'));
  return { request, sequence: 5, blockId };
}

export function commitStep(sql: Sql, document: object): Promise<unknown> {
  return sql.query('SELECT booking.commit_step($1)', [JSON.stringify(document)]);
}

export function step(bookingId: string, sequence: number, type: string, from: string, state: string) {
  return { bookingId, sequence, type, from, state, undo: 'none', actor: 'TRAVELER', attempts: 1, at: AT };
}

/** What a change asks for; its round names its block. */
export interface Wish extends Partial<Pick<Agreement, 'stay' | 'itemId' | 'guests' | 'price'>> {
  readonly round?: number;
}

export interface ChangeAnswer {
  readonly gone?: readonly string[];
  readonly released?: true;
  readonly sequence?: number;
}

/** Changes it by the statement the saga uses, whatever comes of that. */
export async function change(
  sql: Sql,
  held: Held,
  { round = 2, ...wish }: Wish,
): Promise<ChangeAnswer | undefined> {
  const { bookingId, terms } = held.request;
  const from = toldAgreement(held.request);
  const to = { ...from, ...wish };
  const blockId = blockIdOf(bookingId, round);
  const document = {
    ...step(bookingId, held.sequence + 1, 'booking.modified', 'CONFIRMED', 'CONFIRMED'),
    change: { ...to, terms },
    details: { from, to, difference: priceDifference(from, to), blockId },
  };
  const [row] = await sql.query<{ answer: ChangeAnswer }>(
    'SELECT booking.commit_change($1, $2, $3) AS answer',
    [JSON.stringify(document), held.blockId, blockId],
  );
  return row?.answer;
}

/** Where the reservation stands after a change that was made. */
export function changed(held: Held, { round = 2, ...wish }: Wish): Held {
  return {
    request: { ...held.request, ...wish },
    sequence: held.sequence + 1,
    blockId: blockIdOf(held.request.bookingId, round),
  };
}
