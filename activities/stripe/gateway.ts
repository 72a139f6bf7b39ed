import type { Money } from '../../domain/money';
import type {
  AuthorizeOutcome,
  AuthorizeRequest,
  HoldOutcome,
  SaveCardOutcome,
  SaveCardRequest,
  SettleRequest,
} from '../../domain/payment';
import { UnsupportedAmount } from '../../platform/stripe/amounts';
import type { PaymentGateway } from '../payment-gateway';
import { authorize } from './authorize';
import type { StripeDeps } from './deps';
import { capture, voidHold } from './holds';
import { refund } from './refunds';
import { saveCard } from './save-card';
import { settle } from './settle';

const UNSUPPORTED = 'amount_not_supported';

/** Stripe as the payment provider: PaymentIntents with manual capture, saved cards by customer, payouts by transfer. */
export class StripeGateway implements PaymentGateway {
  constructor(private readonly deps: StripeDeps) {}

  async saveCard(request: SaveCardRequest): Promise<SaveCardOutcome> {
    return this.noted(request, await saveCard(this.deps, request));
  }

  async authorize(request: AuthorizeRequest): Promise<AuthorizeOutcome> {
    const declined = { outcome: 'declined', code: UNSUPPORTED } as const;
    return this.noted(
      request,
      await unlessUnsupported<AuthorizeOutcome>(authorize(this.deps, request), declined),
    );
  }

  async capture(request: { key: string; authorizationId: string; amount: Money }): Promise<HoldOutcome> {
    return this.noted(request, await unlessUnsupported(capture(this.deps, request), rejected));
  }

  async void(request: { key: string; authorizationId: string }): Promise<HoldOutcome> {
    return this.noted(request, await voidHold(this.deps, request));
  }

  async refund(request: { key: string; authorizationId: string; amount: Money }): Promise<HoldOutcome> {
    return this.noted(request, await unlessUnsupported(refund(this.deps, request), rejected));
  }

  async settle(request: SettleRequest): Promise<HoldOutcome> {
    return this.noted(request, await unlessUnsupported(settle(this.deps, request), rejected));
  }

  /** What only an operator can put right is told to them; that a cardholder is asked is noted before they are. */
  private async noted<Outcome extends AuthorizeOutcome | SaveCardOutcome | HoldOutcome>(
    { key }: { readonly key: string },
    answer: Outcome,
  ): Promise<Outcome> {
    if (answer.outcome === 'requires_action') await this.deps.references.noteAsked(key);
    if (answer.outcome === 'rejected' || ('code' in answer && answer.code === 'provider_refused')) {
      this.deps.logger.error({ key, answer }, 'Stripe refused a request for good');
    }
    return answer;
  }
}

const rejected: HoldOutcome = { outcome: 'rejected', code: UNSUPPORTED };

async function unlessUnsupported<Outcome>(move: Promise<Outcome>, otherwise: Outcome): Promise<Outcome> {
  try {
    return await move;
  } catch (error) {
    if (error instanceof UnsupportedAmount) return otherwise;
    throw error;
  }
}
