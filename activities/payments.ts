import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import type { Money } from '../domain/money';
import type {
  AuthorizeRequest,
  DefiniteAuthorizeOutcome,
  DefiniteSaveCardOutcome,
  HoldOutcome,
  SaveCardRequest,
  SettleRequest,
} from '../domain/payment';
import { failpoint } from '../platform/failpoint';
import type { PaymentGateway } from './payment-gateway';

/** An outcome, and how many attempts it took to learn it. */
export type Attempted<Outcome> = Outcome & { readonly attempts: number };

export type VoidOutcome =
  | { readonly outcome: 'voided'; readonly authorizationId: string }
  | { readonly outcome: 'nothing-held' };

export interface CaptureRequest {
  readonly key: string;
  readonly authorizationId: string;
  readonly amount: Money;
}

export interface RefundRequest {
  readonly key: string;
  readonly capture: CaptureRequest;
  /** False while the outcome of the capture is not known. */
  readonly isCaptured: boolean;
  readonly amount: Money;
}

export type RefundOutcome =
  | { readonly outcome: 'refunded'; readonly reference: string }
  | { readonly outcome: 'nothing-captured' };

export type CaptureOutcome =
  | { readonly outcome: 'done'; readonly reference: string }
  | { readonly outcome: 'rejected'; readonly code: string };

/**
 * The moves of money. They touch the provider and nothing else; what they came to is committed by a step after
 * them. Every move repeats under its key until the provider answers definitely.
 */
export function payments({ gateway }: { readonly gateway: PaymentGateway }) {
  return {
    /** Takes a hold. An answer that got lost fails the attempt, and the next one asks again under the same key. */
    async authorizePayment(request: AuthorizeRequest): Promise<Attempted<DefiniteAuthorizeOutcome>> {
      await failpoint('authorize.asking');
      const answer = await gateway.authorize(request);
      await failpoint('authorize.answered');
      if (answer.outcome === 'unknown') throw unknownOutcome('authorization', answer.detail);
      return attempted(answer);
    },

    /** Keeps a card for later. */
    async saveCard(request: SaveCardRequest): Promise<Attempted<DefiniteSaveCardOutcome>> {
      const answer = await gateway.saveCard(request);
      if (answer.outcome === 'unknown') throw unknownOutcome('saving of the card', answer.detail);
      return attempted(answer);
    },

    /**
     * Gives a hold back. Where it is not known whether there is one, the authorization is asked for again under
     * its own key, so that the provider says what became of it, or never takes a later call for a new one.
     */
    async voidAuthorization(request: {
      readonly authorization: AuthorizeRequest;
      readonly authorizationId?: string;
    }): Promise<Attempted<VoidOutcome>> {
      const authorizationId =
        request.authorizationId ?? (await settleUnknown(gateway, request.authorization));
      if (authorizationId === undefined) return attempted({ outcome: 'nothing-held' as const });
      const answer = await gateway.void({ key: `${request.authorization.key}/void`, authorizationId });
      if (answer.outcome === 'unknown') throw unknownOutcome('void', answer.detail);
      if (answer.outcome === 'rejected') {
        throw ApplicationFailure.retryable(`the provider refuses to void: ${answer.code}`, 'VoidRejected');
      }
      return attempted({ outcome: 'voided' as const, authorizationId });
    },

    /** Takes what is held. */
    async capturePayment(request: CaptureRequest): Promise<Attempted<CaptureOutcome>> {
      return attempted(definite('capture', await gateway.capture(request)));
    },

    /**
     * Gives back what was captured. Where it is not known whether it was, the capture is asked for again under its
     * own key first, so that the provider says what became of it.
     */
    async refundPayment(request: RefundRequest): Promise<Attempted<RefundOutcome>> {
      const { capture, amount } = request;
      if (!request.isCaptured && definite('capture', await gateway.capture(capture)).outcome === 'rejected') {
        return attempted({ outcome: 'nothing-captured' as const });
      }
      const { authorizationId } = capture;
      const answer = await gateway.refund({ key: request.key, authorizationId, amount });
      if (answer.outcome === 'unknown') throw unknownOutcome('refund', answer.detail);
      if (answer.outcome === 'rejected') {
        throw ApplicationFailure.retryable(
          `the provider refuses to refund: ${answer.code}`,
          'RefundRejected',
        );
      }
      return attempted({ outcome: 'refunded' as const, reference: answer.reference });
    },

    /** Pays the owner. */
    async settlePayment(request: SettleRequest): Promise<Attempted<CaptureOutcome>> {
      return attempted(definite('settlement', await gateway.settle(request)));
    },
  };
}

export type Payments = ReturnType<typeof payments>;

async function settleUnknown(
  gateway: PaymentGateway,
  request: AuthorizeRequest,
): Promise<string | undefined> {
  const answer = await gateway.authorize(request);
  if (answer.outcome === 'unknown') throw unknownOutcome('authorization', answer.detail);
  // One that waits for its cardholder is given back too: confirmed later, it would hold money for nobody.
  return answer.outcome === 'declined' ? undefined : answer.authorizationId;
}

/** @throws {ApplicationFailure} to be asked again where the outcome is not known */
export function definite(move: string, answer: HoldOutcome): CaptureOutcome {
  if (answer.outcome === 'unknown') throw unknownOutcome(move, answer.detail);
  return answer;
}

function unknownOutcome(move: string, detail: string): ApplicationFailure {
  return ApplicationFailure.retryable(`outcome of the ${move} is unknown: ${detail}`, 'OutcomeUnknown');
}

/** The outcome with the number of the attempt that learned it. */
export function attempted<Outcome extends object>(outcome: Outcome): Attempted<Outcome> {
  return { ...outcome, attempts: activityInfo().attempt };
}
