import { type BookingState, type FactType, transition, UNOPENED } from '../../domain/booking-state';
import type { BookingId } from '../../domain/ids';
import { type AuthorizationBalance, balanceOf, type LedgerLine } from '../../domain/ledger';
import { bookingRequest } from '../support/bookings';
import type { TestDatabase } from '../support/database';

const AT = '2030-06-01T12:00:00.000Z';

/** Where the story of a booking has come to. */
export interface Story {
  readonly id: BookingId;
  state: BookingState;
  sequence: number;
}

export const usd = (amount: number) => ({ amount, currency: 'USD' });

/** Opens a booking of 900.00 USD by the statement the saga uses, without a saga. */
export async function openStory(
  database: TestDatabase,
  itemId: string,
  change: Readonly<Record<string, unknown>> = {},
): Promise<Story> {
  const request = { ...bookingRequest({ itemId: itemId as never, now: Date.parse(AT) }), ...change };
  const story: Story = { id: request.bookingId, state: 'PENDING', sequence: 1 };
  const step = { ...document(story.id, 1, 'booking.opened', UNOPENED, 'PENDING'), request, decisionBy: AT };
  await database.query('SELECT booking.open_booking($1)', [JSON.stringify(step)]);
  return story;
}

/** Commits the booking's next fact. */
export async function tell(
  database: TestDatabase,
  story: Story,
  type: FactType,
  details: Readonly<Record<string, unknown>> = {},
  patch: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const state = transition(story.state, type);
  const step = document(story.id, story.sequence + 1, type, story.state, state, details, patch);
  await database.query('SELECT booking.commit_step($1)', [JSON.stringify(step)]);
  story.state = state;
  story.sequence += 1;
}

/** Commits a fact after the end, as a payment case does. */
export async function tellAfterwards(
  database: TestDatabase,
  story: Story,
  caseId: string,
  type: FactType,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const fact = { bookingId: story.id, caseId, part: 1, type, actor: 'SYSTEM', details, attempts: 1, at: AT };
  const [row] = await database.query<{ answer: { sequence: number } }>(
    'SELECT booking.commit_afterwards($1) AS answer',
    [JSON.stringify(fact)],
  );
  story.sequence = row?.answer.sequence ?? 0;
}

export async function authorizationsOf(
  database: TestDatabase,
  id: BookingId,
): Promise<AuthorizationBalance[]> {
  return await database.query<AuthorizationBalance & object>(
    `SELECT authorization_id AS "authorizationId", currency, authorized, captured, voided, refunded, disputed,
            charged_back AS "chargedBack", held
     FROM booking.authorizations WHERE booking_id = $1 ORDER BY authorization_id`,
    [id],
  );
}

export async function linesOf(database: TestDatabase, id: BookingId): Promise<LedgerLine[]> {
  return await database.query<LedgerLine & object>(
    `SELECT l.account, l.amount, l.currency FROM booking.ledger_entries l
     JOIN booking.booking_events e USING (fact_id) WHERE l.booking_id = $1 ORDER BY e.sequence, l.line`,
    [id],
  );
}

export const balanceIn = async (database: TestDatabase, id: BookingId) =>
  balanceOf(await linesOf(database, id));

function document(
  bookingId: BookingId,
  sequence: number,
  type: FactType,
  from: string,
  state: BookingState,
  details: Readonly<Record<string, unknown>> = {},
  patch: Readonly<Record<string, unknown>> = {},
) {
  const step = { bookingId, sequence, type, from, state, undo: 'none', actor: 'SYSTEM' };
  return { ...step, details, attempts: 1, at: AT, patch };
}
