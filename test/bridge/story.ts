import type { Actor, BookingRequest, Reason } from '../../domain/booking';
import { type BookingState, type FactType, transition, UNOPENED } from '../../domain/booking-state';
import type { BookingId, ItemId } from '../../domain/ids';
import { bookingRequest } from '../support/bookings';

/** Anything that runs SQL: the test's session, or one in a transaction of its own. */
export interface Sql {
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Where the story of a booking has come to. */
export interface Chapter {
  readonly request: BookingRequest;
  readonly state: BookingState;
  readonly sequence: number;
}

const AT = '2030-06-01T12:00:00.000Z';

/** Opens a booking by the statement the saga uses, without a saga. */
export async function open(sql: Sql, itemId: ItemId): Promise<Chapter> {
  const request = bookingRequest({ itemId, now: Date.parse(AT) });
  const state = transition(UNOPENED, 'booking.opened');
  const step = {
    ...document(request.bookingId, 1, 'booking.opened', UNOPENED, state),
    request,
    decisionBy: AT,
  };
  await sql.query('SELECT booking.open_booking($1)', [JSON.stringify(step)]);
  return { request, state, sequence: 1 };
}

/** Commits the next fact of a booking. */
export async function tell(
  sql: Sql,
  chapter: Chapter,
  type: FactType,
  said: { actor?: Actor; reason?: Reason } = {},
): Promise<Chapter> {
  const state = transition(chapter.state, type);
  const sequence = chapter.sequence + 1;
  const step = document(chapter.request.bookingId, sequence, type, chapter.state, state, said);
  await sql.query('SELECT booking.commit_step($1)', [JSON.stringify(step)]);
  return { ...chapter, state, sequence };
}

/** Opens, accepts, authorizes, blocks and confirms: five facts, of which listeners hear four. */
export async function openAndConfirm(sql: Sql, itemId: ItemId): Promise<Chapter> {
  const opened = await open(sql, itemId);
  const accepted = await tell(sql, opened, 'booking.accepted', { actor: 'OWNER' });
  const authorized = await tell(sql, accepted, 'payment.authorized');
  const blocked = await tell(sql, authorized, 'inventory.blocked');
  return tell(sql, blocked, 'booking.confirmed');
}

function document(
  bookingId: BookingId,
  sequence: number,
  type: FactType,
  from: string,
  state: BookingState,
  said: { actor?: Actor; reason?: Reason } = {},
) {
  return {
    bookingId,
    sequence,
    type,
    from,
    state,
    undo: 'none',
    actor: said.actor ?? 'SYSTEM',
    reasonCode: said.reason?.code ?? null,
    reason: said.reason?.text ?? null,
    details: {},
    attempts: 1,
    at: AT,
    patch: {},
  };
}
