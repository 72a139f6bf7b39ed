import { condition } from '@temporalio/workflow';
import type { Nights, Step, StepPatch } from '../activities/booking-steps';
import type { Agreement } from '../domain/agreement';
import type { Actor, BookingRequest, BookingSnapshot, Reason } from '../domain/booking';
import {
  type FactType,
  nextState,
  type Origin,
  transition,
  UNOPENED,
  type UndoStatus,
} from '../domain/booking-state';
import type { Money } from '../domain/money';
import { type MoneyMove, moved } from '../domain/payment-account';
import { ChangeRecord } from './change-record';
import type { Decision, Presence } from './messages';
import { MoneyRecord } from './money-record';
import { BookingEnds, refuse } from './refusal';
import { RequestQueue } from './requests';
import { type UndoEntry, UndoStack } from './undo-stack';

/** How a booking ends before its time. Claimed at once, committed by the main line. */
export interface Ending {
  readonly fact: Extract<
    FactType,
    'booking.cancelled' | 'booking.rejected' | 'booking.expired' | 'booking.failed' | 'booking.no-show'
  >;
  readonly actor: Actor;
  readonly reason: Reason;
  /** What the owner keeps of the price. Absent: nothing. */
  readonly fee?: Money;
}

/** Nights that are blocked for the booking. */
export interface Block {
  readonly nights: Nights;
  /** The undo that gives them back. */
  readonly undo: UndoEntry;
  /** When they were taken; milliseconds since the epoch. */
  readonly since: number;
}

/** What a step adds to what the record knows by itself. */
export interface StepDetails {
  readonly actor?: Actor;
  readonly reason?: Reason;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly attempts?: number;
  readonly patch?: StepPatch;
  /** What the fact does to the account. */
  readonly moves?: readonly MoneyMove[];
  /** Called in the moment in which the record changes. */
  readonly onCommitted?: () => void;
}

/**
 * What the saga knows of its booking. Message handlers write their claims here before their first await; the main
 * line reads them between steps and commits what they ask for, so that only one line of code changes the booking.
 */
export class SagaRecord {
  state: Origin = UNOPENED;
  sequence = 0;
  undo: UndoStatus = 'none';
  readonly undos = new UndoStack();

  /** When the saga began and when the booking was accepted; milliseconds since the epoch. */
  readonly startedAt = Date.now();
  acceptedAt = 0;
  /** The owner's yes, not yet committed. */
  acceptance: Decision | undefined;
  /** The guest's coming and leaving as the owner said them, not yet committed. */
  arrival: Presence | undefined;
  departure: Presence | undefined;
  /** The token to be charged next; used up by a decline. */
  paymentToken: string | undefined;
  /** The nights it has now; absent where it has none. */
  block: Block | undefined;
  /** How often nights were asked for: each asking has a block of its own. */
  blockRounds = 0;
  /** What stands agreed, as it was last changed. */
  agreed: Agreement;
  readonly money: MoneyRecord;
  readonly changes = new ChangeRecord();
  /** What others ask the main line to do while the booking is CONFIRMED. */
  readonly requests = new RequestQueue(() => this.putOff?.());
  /** A nudge that the calendar changed. */
  recheck = false;
  /** Set where a running step may be cut short between its attempts. */
  interrupt: (() => void) | undefined;
  /** Set where a running step may also be put off for the guest who comes, or for a request. */
  putOff: (() => void) | undefined;

  private claimed: Ending | undefined;
  /** Where the step being committed leads. Claims must be legal there, not only where the booking still stands. */
  private heading: Origin = UNOPENED;
  private lastCommit: Promise<unknown> = Promise.resolve();

  constructor(readonly request: BookingRequest) {
    this.agreed = request;
    this.money = new MoneyRecord(() => this.agreed.price);
    this.paymentToken = request.paymentToken;
  }

  get snapshot(): BookingSnapshot {
    if (this.state === UNOPENED) throw new Error('the booking is not opened yet');
    return { bookingId: this.request.bookingId, state: this.state, undo: this.undo, sequence: this.sequence };
  }

  /** By when the owner must have decided: the window, or check-in where that comes first. Milliseconds. */
  get decisionDeadline(): number {
    const { decisionWindowSeconds, checkInAt } = this.agreed.terms;
    return Math.min(this.startedAt + decisionWindowSeconds * 1000, Date.parse(checkInAt));
  }

  /**
   * By when a card must have been charged: counted from acceptance, or check-in where that comes first. Who books
   * at once for the night that has already begun has the time counted from acceptance.
   */
  get paymentDeadline(): number {
    const { paymentDeadlineSeconds } = this.agreed.terms;
    const checkInAt = Date.parse(this.agreed.terms.checkInAt);
    const deadline = this.acceptedAt + paymentDeadlineSeconds * 1000;
    return checkInAt > this.acceptedAt ? Math.min(deadline, checkInAt) : deadline;
  }

  get ending(): Ending | undefined {
    return this.claimed;
  }

  /**
   * Asks whether `fact` could still come about, counting what is already claimed or being committed.
   * @throws {ApplicationFailure} of type `IllegalTransition`, which refuses the update that asked.
   */
  requirePossible(fact: FactType): void {
    if (this.claimed)
      throw refuse('IllegalTransition', `the booking is being ended: ${this.claimed.reason.text}`);
    if (nextState(this.headed, fact) === undefined) {
      throw refuse('IllegalTransition', `${fact} is not possible while the booking is ${this.headed}`);
    }
  }

  /** The state that the booking will have once everything said to it so far is committed. */
  get headed(): Origin {
    if (this.heading === UNOPENED) return 'PENDING';
    if (this.heading === 'CONFIRMED' && this.arrival) return 'CHECKED_IN';
    if (this.heading === 'CHECKED_IN' && this.departure) return 'CHECKED_OUT';
    return this.heading;
  }

  /** Claims the ending, unless another one was first; a step that may be cut short is. */
  claimEnding(ending: Ending): void {
    if (this.claimed) return;
    this.claimed = ending;
    this.interrupt?.();
  }

  /** Says the claimed ending anew, where what it costs has changed before it was committed. */
  restateEnding(ending: Ending): void {
    this.claimed = ending;
  }

  /** Ends the booking here and now. Where someone's claim came first, that is what it ends by. */
  end(ending: Ending): never {
    this.claimEnding(ending);
    throw new BookingEnds(ending.fact);
  }

  /** To be called before each step and after each wait. */
  goOnUnlessEnding(): void {
    if (this.claimed) throw new BookingEnds(this.claimed.fact);
  }

  /**
   * Waits until `isMet` or until `deadline` (milliseconds since the epoch) has come; answers whether it was met.
   *
   * @param summary names the timer in the Web UI
   * @throws {BookingEnds} as soon as an ending is claimed.
   */
  async waitFor(isMet: () => boolean, deadline: number, summary: string): Promise<boolean> {
    this.goOnUnlessEnding();
    const left = deadline - Date.now();
    if (left <= 0 || isMet()) return isMet();
    const met = await condition(() => this.claimed !== undefined || isMet(), left, { summary });
    this.goOnUnlessEnding();
    return met;
  }

  /**
   * Builds the next step and hands it to `run`, one at a time: a step's sequence follows from the one before it.
   * The record changes only after the step is committed.
   */
  commit<Result>(
    type: FactType,
    given: StepDetails & { readonly undo?: () => UndoStatus },
    run: (step: Step) => Promise<Result>,
    committedBy: (result: Result) => BookingSnapshot | undefined,
  ): Promise<Result> {
    const commit = this.lastCommit.then(async () => {
      const undo = given.undo?.() ?? this.undo;
      const step: Step = {
        bookingId: this.request.bookingId,
        sequence: this.sequence + 1,
        type,
        from: this.state,
        undo,
        actor: given.actor ?? 'SYSTEM',
        at: new Date().toISOString(),
        ...(given.reason && { reason: given.reason }),
        ...(given.details && { details: given.details }),
        ...(given.attempts && { attempts: given.attempts }),
        ...(given.patch && { patch: given.patch }),
      };
      const result = await run(step);
      const snapshot = committedBy(result);
      if (snapshot) {
        this.state = snapshot.state;
        this.sequence = snapshot.sequence;
        this.undo = snapshot.undo;
        this.money.account = (given.moves ?? []).reduce(moved, this.money.account);
        given.onCommitted?.();
      }
      this.heading = this.state;
      return result;
    });
    this.heading = transition(this.state, type);
    // A commit that failed is thrown to whoever asked for it; the next one in line still gets its turn.
    this.lastCommit = commit.catch(() => undefined);
    return commit;
  }
}
