import type { SagaAnswer, SagaClient } from '../../../api/saga/saga-client';
import { toldAgreement } from '../../../domain/agreement';
import type { BookingRequest, ReasonCode } from '../../../domain/booking';
import { type BookingState, type FactType, nextState } from '../../../domain/booking-state';
import { priceDifference } from '../../../domain/change';
import { type BookingId, blockIdOf } from '../../../domain/ids';
import type { Caller, CaptureOrder, Change, ProviderNews, RefundOrder } from '../../../workflows/messages';
import type { RefundCase } from '../../../workflows/payment-case-messages';
import type { TestDatabase } from '../../support/database';

type Method = Exclude<keyof SagaClient, 'trouble'>;

/** One thing said to the sagas. */
export interface Said {
  readonly method: Method;
  readonly bookingId: BookingId;
  readonly message?: unknown;
  readonly updateId?: string;
}

/** A fact, and what it changes besides the state. */
export interface StoryStep {
  readonly type: FactType;
  readonly reason?: string;
  readonly reasonCode?: ReasonCode;
  readonly patch?: { readonly paymentStatus: string };
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Stands in for Temporal: commits each step to Postgres at once, by the SQL that the real saga's activities use, and
 * takes every update id once. What it is told to answer next goes before.
 */
export class FakeSaga implements SagaClient {
  readonly said: Said[] = [];
  /** Called instead of the next call, which it may still carry out. */
  private next: ((carryOut: () => Promise<SagaAnswer>) => Promise<SagaAnswer>) | undefined;
  private readonly taken = new Map<string, SagaAnswer>();
  /** Whoever comes second waits for the first, as on the real saga. */
  private readonly opening = new Map<BookingId, Promise<SagaAnswer>>();
  /** Bookings whose saga has closed: it takes no more moves of money. */
  private readonly closed = new Set<BookingId>();
  private readonly requests = new Map<BookingId, BookingRequest>();
  /** What a saga commits by itself once it is opened, step by step. */
  private story: readonly StoryStep[] = [];
  private details: Readonly<Record<string, unknown>> = {};
  away: string | undefined;

  constructor(
    private readonly database: TestDatabase,
    private readonly now: () => Date,
  ) {}

  /** From now on each opened saga goes on by itself as told here, and then stands still. */
  goOn(...story: readonly StoryStep[]): void {
    this.story = story;
  }

  /** The next call gets this answer, and nothing else happens. */
  answerNext(answer: SagaAnswer): void {
    this.next = async () => answer;
  }

  /** The next call is carried out, but its answer gets lost. */
  loseNextAnswer(): void {
    this.next = async (carryOut) => {
      await carryOut();
      return { outcome: 'unknown' };
    };
  }

  /** From now on the booking's saga counts as over. */
  close(bookingId: BookingId): void {
    this.closed.add(bookingId);
  }

  /** The next fact carries these details. */
  detailNext(details: Readonly<Record<string, unknown>>): void {
    this.details = details;
  }

  /** The next call waits; call the result to let it go on. */
  holdNext(): () => void {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.next = async (carryOut) => {
      await held;
      return await carryOut();
    };
    return release;
  }

  trouble = async () => this.away;

  open = (request: BookingRequest) =>
    this.hear({ method: 'open', bookingId: request.bookingId, message: request }, async () => {
      this.requests.set(request.bookingId, request);
      const by = { role: 'TRAVELER', id: request.travelerId } as const;
      const opening =
        this.opening.get(request.bookingId) ?? this.commit(request.bookingId, 'booking.opened', by);
      const isFirst = !this.opening.has(request.bookingId);
      this.opening.set(request.bookingId, opening);
      if (isFirst) void opening.then(() => this.play(request.bookingId, this.story));
      return await opening;
    });

  awaitOpen = (bookingId: BookingId) =>
    this.hear(
      { method: 'awaitOpen', bookingId },
      async () => (await this.opening.get(bookingId)) ?? { outcome: 'closed' },
    );

  accept = this.step('accept', 'booking.accepted');
  reject = this.step('reject', 'booking.rejected');
  cancel = this.step('cancel', 'booking.cancelled');
  providePayment = this.step('providePayment', 'payment.authorized');
  checkIn = this.step('checkIn', 'booking.checked-in');
  checkOut = this.step('checkOut', 'booking.checked-out');
  change = (bookingId: BookingId, change: Change, updateId: string) =>
    this.hear({ method: 'change', bookingId, message: change, updateId }, async () => {
      const earlier = this.taken.get(`${bookingId} ${updateId}`);
      if (earlier) return earlier;
      const answer = await this.commitChange(bookingId, change);
      this.taken.set(`${bookingId} ${updateId}`, answer);
      return answer;
    });
  capturePayment = this.move('capturePayment', 'payment.captured', 'held');
  refundPayment = this.move('refundPayment', 'payment.refunded', 'captured - refunded');
  openRefundCase = (refund: RefundCase) =>
    this.hear({ method: 'openRefundCase', bookingId: refund.bookingId, message: refund }, async () => {
      const { bookingId, caseId, by } = refund;
      const at = this.now().toISOString();
      const opening = { ...refund, amount: refund.amount?.amount, openedBy: by.id, at };
      const [row] = await this.database.query<{
        answer: { parts?: { authorizationId: string; amount: number }[] };
      }>('SELECT booking.open_payment_case($1::jsonb) AS answer', [JSON.stringify(opening)]);
      const part = row?.answer.parts?.[0];
      if (!part) return { outcome: 'refused', refusal: 'AmountUnavailable', message: 'there is not so much' };
      const details = { ...part, amount: { amount: part.amount, currency: 'USD' }, kind: 'refund', caseId };
      const fact = {
        bookingId,
        caseId,
        part: 1,
        type: 'payment.refunded',
        actor: by.role,
        details,
        attempts: 1,
      };
      await this.database.query('SELECT booking.commit_afterwards($1::jsonb)', [
        JSON.stringify({ ...fact, at, close: 'done' }),
      ]);
      return { outcome: 'committed' };
    });
  retryUndo = this.step('retryUndo', 'undo.completed');
  skipUndo = this.step('skipUndo', 'undo.skipped');

  tell = (bookingId: BookingId, message: ProviderNews) =>
    this.hear({ method: 'tell', bookingId, message }, async () => ({ outcome: 'committed' }));

  private async play(bookingId: BookingId, story: readonly StoryStep[]): Promise<void> {
    for (const { type, ...change } of story) {
      await this.commit(bookingId, type, { role: 'SYSTEM', id: 'saga' }, undefined, change);
    }
  }

  private step(method: Method, fact: FactType) {
    return (bookingId: BookingId, message: { by: Caller; reason?: string }, updateId: string) =>
      this.hear({ method, bookingId, message, updateId }, async () => {
        const earlier = this.taken.get(`${bookingId} ${updateId}`);
        if (earlier) return earlier;
        const answer = await this.commit(bookingId, fact, message.by, message.reason);
        this.taken.set(`${bookingId} ${updateId}`, answer);
        return answer;
      });
  }

  private move(method: 'capturePayment' | 'refundPayment', fact: FactType, available: string) {
    return (bookingId: BookingId, message: CaptureOrder | RefundOrder, updateId: string) =>
      this.hear({ method, bookingId, message, updateId }, async () => {
        if (this.closed.has(bookingId)) return { outcome: 'closed' };
        const earlier = this.taken.get(`${bookingId} ${updateId}`);
        if (earlier) return earlier;
        const [hold] = await this.database.query<{ authorizationId: string; amount: number }>(
          `SELECT authorization_id AS "authorizationId", ${available} AS amount
           FROM booking.authorizations WHERE booking_id = $1 ORDER BY created_at`,
          [bookingId],
        );
        const amount = message.amount ?? { amount: hold?.amount ?? 0, currency: 'USD' };
        const details = { amount, authorizationId: hold?.authorizationId, requestId: message.requestId };
        const answer = await this.commit(bookingId, fact, message.by, undefined, { details });
        this.taken.set(`${bookingId} ${updateId}`, answer);
        return answer;
      });
  }

  private async hear(said: Said, carryOut: () => Promise<SagaAnswer>): Promise<SagaAnswer> {
    this.said.push(said);
    const next = this.next;
    this.next = undefined;
    return await (next ? next(carryOut) : carryOut());
  }

  /** Swaps the nights and commits, as a saga's step does; no money is moved. */
  private async commitChange(bookingId: BookingId, { by, changeId, from, to }: Change): Promise<SagaAnswer> {
    const [row] = await this.database.query<{ sequence: number; rounds: number }>(
      `SELECT sequence, (SELECT count(*)::int FROM booking.inventory_blocks WHERE booking_id = id) AS rounds
       FROM booking.bookings WHERE id = $1`,
      [bookingId],
    );
    const sequence = (row?.sequence ?? 0) + 1;
    const rounds = Math.max(1, row?.rounds ?? 0);
    const [old, next] = [blockIdOf(bookingId, rounds), blockIdOf(bookingId, rounds + 1)];
    const state = {
      type: 'booking.modified',
      from: 'CONFIRMED',
      state: 'CONFIRMED',
      undo: 'none',
      attempts: 1,
    };
    const details = {
      from,
      to: toldAgreement(to),
      difference: priceDifference(from, to),
      blockId: next,
      changeId,
    };
    const step = {
      bookingId,
      sequence,
      ...state,
      actor: by.role,
      at: this.now().toISOString(),
      change: to,
      details,
    };
    const [answer] = await this.database.query<{ answer: { gone?: string[] } }>(
      'SELECT booking.commit_change($1, $2, $3) AS answer',
      [JSON.stringify(step), old, next],
    );
    const gone = answer?.answer.gone;
    return gone
      ? { outcome: 'refused', refusal: 'NightsUnavailable', message: `gone: ${gone.join()}`, details: [gone] }
      : { outcome: 'committed' };
  }

  /** Commits a fact as a saga's step does. */
  async commit(
    id: BookingId,
    type: FactType,
    by: Caller,
    reason?: string,
    change: Omit<StoryStep, 'type'> = {},
  ): Promise<SagaAnswer> {
    const [row] = await this.database.query<{ state: BookingState; sequence: number }>(
      'SELECT state, sequence FROM booking.bookings WHERE id = $1',
      [id],
    );
    const from = row?.state ?? 'NONE';
    const state = nextState(from, type);
    if (!state) return { outcome: 'refused', refusal: 'IllegalTransition', message: `${type} from ${from}` };
    const request = this.requests.get(id);
    const at = this.now().toISOString();
    const step = {
      ...{ bookingId: id, sequence: (row?.sequence ?? 0) + 1, type, from, state, undo: 'none', at },
      ...{
        actor: by.role,
        reason,
        reasonCode: reason && 'cancelled-by-traveler',
        attempts: 1,
        details: this.details,
      },
      ...{ request, decisionBy: at },
      ...change,
    };
    this.details = {};
    const fn = from === 'NONE' ? 'open_booking' : 'commit_step';
    await this.database.query(`SELECT booking.${fn}($1::jsonb)`, [JSON.stringify(step)]);
    return { outcome: 'committed' };
  }
}
