import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import type { Agreement } from '../domain/agreement';
import type { Actor, BookingRequest, BookingSnapshot, Reason } from '../domain/booking';
import { type FactType, type Origin, transition, type UndoStatus } from '../domain/booking-state';
import type { BlockId, BookingId, ItemId } from '../domain/ids';
import type { CalendarDate, Stay } from '../domain/stay-dates';
import type { Database } from '../platform/database/client';
import { failpoint } from '../platform/failpoint';
import { databaseFailure } from './database-failure';

/** One step of a booking: the fact to be committed on top of what the saga knows. */
export interface Step {
  readonly bookingId: BookingId;
  /** The fact's own number: one more than the saga's last. */
  readonly sequence: number;
  readonly type: FactType;
  readonly from: Origin;
  readonly undo: UndoStatus;
  readonly actor: Actor;
  readonly reason?: Reason;
  readonly details?: Readonly<Record<string, unknown>>;
  /** How many attempts the work behind the fact took, where that was another activity. */
  readonly attempts?: number;
  /** The saga's clock, ISO 8601 UTC. */
  readonly at: string;
  readonly patch?: StepPatch;
}

/** What a step changes in the booking's row besides its state. */
export interface StepPatch {
  readonly paymentBy?: string;
  readonly paymentStatus?:
    | 'declined'
    | 'requires_action'
    | 'card_saved'
    | 'authorized'
    | 'captured'
    | 'voided'
    | 'refunded'
    | 'settled'
    | 'failed';
  readonly authorizationId?: string;
}

export interface Nights {
  readonly blockId: BlockId;
  readonly itemId: ItemId;
  readonly stay: Stay;
  readonly quantity: number;
}

export type BlockOutcome =
  | { readonly outcome: 'blocked'; readonly booking: BookingSnapshot }
  | { readonly outcome: 'gone'; readonly nights: readonly CalendarDate[] };

export type ChangeOutcome =
  | { readonly outcome: 'changed'; readonly booking: BookingSnapshot }
  | { readonly outcome: 'gone'; readonly nights: readonly CalendarDate[] };

export interface BookingStepsDeps {
  readonly database: Database;
  /** Called after each commit: the outbox has a row. */
  readonly onCommit: (fact: FactType) => void;
}

/**
 * The steps that change a booking: each is one statement that commits booking row, event log and outbox together,
 * and answers what it answered the first time when it runs again.
 *
 * Every failure is worth another attempt; see {@link databaseFailure} for how they are told apart.
 */
export function bookingSteps({ database, onCommit }: BookingStepsDeps) {
  async function commit<Answer>(step: Step, statement: (document: string) => Promise<{ answer: Answer }[]>) {
    const document = JSON.stringify({
      ...step,
      state: transition(step.from, step.type),
      reasonCode: step.reason?.code,
      reason: step.reason?.text,
      attempts: step.attempts ?? activityInfo().attempt,
    });
    await failpoint(`${step.type}.committing`);
    const rows = await databaseFailure(step.type, () => statement(document));
    await failpoint(`${step.type}.committed`);
    onCommit(step.type);
    const answer = rows[0]?.answer;
    if (answer === undefined)
      throw ApplicationFailure.retryable(`${step.type} answered nothing`, 'StepDefect');
    return answer;
  }

  return {
    /** Writes the booking as PENDING. */
    openBooking(step: Step & { readonly request: BookingRequest; readonly decisionBy: string }) {
      return commit(
        step,
        (p) =>
          database.$queryRaw<
            { answer: BookingSnapshot }[]
          >`SELECT booking.open_booking(${p}::jsonb) AS answer`,
      );
    },

    /** Commits a fact that needs nothing but itself. */
    commitStep(step: Step) {
      return commit(
        step,
        (p) =>
          database.$queryRaw<
            { answer: BookingSnapshot }[]
          >`SELECT booking.commit_step(${p}::jsonb) AS answer`,
      );
    },

    /** Takes every night of the stay and commits the fact, or takes none and says which nights are gone. */
    async blockNights(step: Step & { readonly nights: Nights }): Promise<BlockOutcome> {
      const { blockId, itemId, stay, quantity } = step.nights;
      type Answer = BookingSnapshot | { gone: CalendarDate[] } | { released: true };
      const answer = await commit(
        step,
        (p) => database.$queryRaw<{ answer: Answer }[]>`
          SELECT booking.commit_block(${p}::jsonb, ${blockId}, ${itemId}, ${stay.start}::date, ${stay.end}::date,
                                      ${quantity}::int) AS answer`,
      );
      if ('gone' in answer) return { outcome: 'gone', nights: answer.gone };
      if ('released' in answer) return { outcome: 'gone', nights: [] };
      return { outcome: 'blocked', booking: answer };
    },

    /** Gives the block's nights from the stay's start on back, whether or not it ever took them, and commits the fact. */
    releaseNights(step: Step & { readonly nights: Nights }) {
      const { blockId, itemId, quantity, stay } = step.nights;
      return commit(
        step,
        (p) => database.$queryRaw<{ answer: BookingSnapshot }[]>`
          SELECT booking.commit_release(${p}::jsonb, ${blockId}, ${itemId}, ${quantity}::int, ${stay.start}::date) AS answer`,
      );
    },

    /** Swaps the nights, replaces the agreement and commits the fact; or does nothing and says which nights are gone. */
    async changeBooking(
      step: Step & { readonly change: Agreement; readonly oldBlockId: BlockId; readonly blockId: BlockId },
    ): Promise<ChangeOutcome> {
      const { oldBlockId, blockId } = step;
      type Answer = BookingSnapshot | { gone: CalendarDate[] } | { released: true };
      const answer = await commit(
        step,
        (p) => database.$queryRaw<{ answer: Answer }[]>`
          SELECT booking.commit_change(${p}::jsonb, ${oldBlockId}, ${blockId}) AS answer`,
      );
      if ('gone' in answer) return { outcome: 'gone', nights: answer.gone };
      if ('released' in answer) return { outcome: 'gone', nights: [] };
      return { outcome: 'changed', booking: answer };
    },

    /** Gives back the nights after an early departure and commits the fact; null where there are none. */
    releaseNightsLeft(step: Step & { readonly blockId: BlockId }) {
      return commit(
        step,
        (p) => database.$queryRaw<{ answer: BookingSnapshot | null }[]>`
          SELECT booking.commit_departure(${p}::jsonb, ${step.blockId}) AS answer`,
      );
    },

    /** The nights of a stay that could not be blocked now; takes nothing. */
    async findGoneNights(query: Omit<Nights, 'blockId'>): Promise<readonly CalendarDate[]> {
      const { itemId, stay, quantity } = query;
      const rows = await databaseFailure(
        'reading the calendar',
        () => database.$queryRaw<{ nights: CalendarDate[] }[]>`
          SELECT to_jsonb(booking.unavailable_nights(${itemId}, ${stay.start}::date, ${stay.end}::date,
                                                     ${quantity}::int)) AS nights`,
      );
      return rows[0]?.nights ?? [];
    },
  };
}

export type BookingSteps = ReturnType<typeof bookingSteps>;
