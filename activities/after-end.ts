import { ApplicationFailure } from '@temporalio/activity';
import type { Actor, BookingSnapshot } from '../domain/booking';
import type { FactType } from '../domain/booking-state';
import type { BookingId } from '../domain/ids';
import type { Money } from '../domain/money';
import type { Database } from '../platform/database/client';
import { failpoint } from '../platform/failpoint';
import { databaseFailure } from './database-failure';
import type { PaymentGateway } from './payment-gateway';
import { type Attempted, attempted, type CaptureOutcome, definite } from './payments';

/** What a case gives back from one authorization. */
export interface CasePart {
  readonly authorizationId: string;
  readonly amount: Money;
}

/** `refused`: less than asked for can be given back, or nothing. */
export type CaseOpening =
  | { readonly outcome: 'opened'; readonly parts: readonly CasePart[] }
  | { readonly outcome: 'refused'; readonly refundable: Money };

/** What the steps need of a case's request, which the workflow defines. */
interface OpenedCase {
  readonly bookingId: BookingId;
  readonly caseId: string;
  readonly kind: 'refund' | 'provider-refund' | 'refund-failed' | 'dispute';
  readonly amount?: Money;
  readonly authorizationId?: string;
  readonly by?: { readonly id: string };
}

/** A fact of money after the end; it takes the booking's next number by itself. */
export interface LateFact {
  readonly bookingId: BookingId;
  readonly caseId: string;
  /** Which of the case's moves it tells of, from 1. */
  readonly part: number;
  readonly type: Extract<FactType, `payment.${string}`>;
  readonly actor: Actor;
  readonly details: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  /** The case's clock, ISO 8601 UTC. */
  readonly at: string;
  /** Closes the case with this fact. */
  readonly close?: 'done' | 'won' | 'lost';
}

export interface AfterEndDeps {
  readonly database: Database;
  readonly gateway: PaymentGateway;
  /** Whether the booking's saga has closed: it never runs again. */
  readonly isSagaOver: (bookingId: BookingId) => Promise<boolean>;
  readonly onCommit: (fact: FactType) => void;
}

/**
 * The steps of a payment case, which owns no booking: its facts take their numbers under the booking's lock, once its
 * saga has closed. Each may run any number of times and has effect once.
 */
export function afterEnd({ database, gateway, isSagaOver, onCommit }: AfterEndDeps) {
  return {
    /** Puts the case on record and sets aside what it gives back, or says how much there is. */
    async openPaymentCase(given: {
      readonly request: OpenedCase;
      readonly at: string;
    }): Promise<CaseOpening> {
      const { bookingId, caseId, kind, amount, authorizationId, by } = given.request;
      const parts = authorizationId && amount && [{ authorizationId, amount: amount.amount }];
      const document = JSON.stringify({
        ...{ bookingId, caseId, kind, at: given.at, openedBy: by?.id ?? 'provider' },
        ...(parts ? { parts } : { amount: amount?.amount }),
      });
      type Answer = { currency: string } & (
        | { opened: true; parts: { authorizationId: string; amount: number }[] }
        | { refundable: number }
      );
      const [row] = await databaseFailure(
        'opening a payment case',
        () =>
          database.$queryRaw<
            { answer: Answer }[]
          >`SELECT booking.open_payment_case(${document}::jsonb) AS answer`,
      );
      if (!row) throw ApplicationFailure.retryable('opening a payment case answered nothing', 'StepDefect');
      const { answer } = row;
      const { currency } = answer;
      if ('refundable' in answer) {
        return { outcome: 'refused', refundable: { amount: answer.refundable, currency } };
      }
      return {
        outcome: 'opened',
        parts: answer.parts.map((part) => ({ ...part, amount: { amount: part.amount, currency } })),
      };
    },

    /** @throws {ApplicationFailure} `SagaOpen`, to be asked again later, while the saga still writes its facts */
    async requireSagaOver(bookingId: BookingId): Promise<void> {
      if (await isSagaOver(bookingId)) return;
      throw ApplicationFailure.retryable(`the saga of booking ${bookingId} still runs`, 'SagaOpen');
    },

    /** Gives back part of what was captured. */
    async refundAfterwards(request: {
      readonly key: string;
      readonly authorizationId: string;
      readonly amount: Money;
    }): Promise<Attempted<CaptureOutcome>> {
      return attempted(definite('refund', await gateway.refund(request)));
    },

    /** Commits a fact on top of whatever the booking's log ends with. */
    async commitAfterwards(fact: LateFact): Promise<BookingSnapshot> {
      await failpoint(`${fact.type}.committing`);
      const document = JSON.stringify(fact);
      const [row] = await databaseFailure(
        fact.type,
        () =>
          database.$queryRaw<
            { answer: BookingSnapshot }[]
          >`SELECT booking.commit_afterwards(${document}::jsonb) AS answer`,
      );
      if (!row) throw ApplicationFailure.retryable(`${fact.type} answered nothing`, 'StepDefect');
      onCommit(fact.type);
      return row.answer;
    },

    /** Closes a case with which no money moved, or none any more. */
    async closePaymentCase(given: {
      readonly bookingId: BookingId;
      readonly caseId: string;
      readonly status: 'refused' | 'won' | 'lost';
      readonly code?: string;
      readonly at: string;
    }): Promise<void> {
      const { bookingId, caseId, status, code = null, at } = given;
      await databaseFailure(
        'closing a payment case',
        () => database.$executeRaw`
          SELECT booking.close_payment_case(${bookingId}, ${caseId}, ${status}, ${code}, ${at}::timestamptz)`,
      );
    },
  };
}

export type AfterEnd = ReturnType<typeof afterEnd>;
