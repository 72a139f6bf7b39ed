/** How the simulator treats a token. Counts are of calls under one idempotency key. */
export interface TokenBehaviour {
  readonly description: string;
  readonly decline?: 'card_declined' | 'insufficient_funds' | 'action_required';
  /** Milliseconds until the provider answers. */
  readonly delayMs?: number;
  /** The first so many authorize calls find the provider unreachable. */
  readonly unreachableCalls?: number;
  /** The first so many authorize calls take the hold, but their answer is lost. */
  readonly lostAnswers?: number;
  /** The first so many void calls fail. */
  readonly failingVoids?: number;
}

/** The simulator's test tokens. docs/payments.md lists them from here. */
export const TEST_TOKENS: Readonly<Record<string, TokenBehaviour>> = {
  tok_approved: { description: 'approved at once' },
  tok_declined: { description: 'declined by the card issuer', decline: 'card_declined' },
  tok_insufficient_funds: { description: 'declined for lack of funds', decline: 'insufficient_funds' },
  tok_requires_action: { description: 'the cardholder would have to confirm', decline: 'action_required' },
  tok_slow: { description: 'approved, after three seconds', delayMs: 3_000 },
  tok_down: { description: 'provider unreachable for five calls, then approved', unreachableCalls: 5 },
  tok_unreachable: { description: 'provider never reachable', unreachableCalls: Number.POSITIVE_INFINITY },
  tok_answer_lost: { description: 'hold taken, first answer lost', lostAnswers: 1 },
  tok_void_fails: { description: 'approved; voiding fails eight times, then works', failingVoids: 8 },
  tok_void_never: { description: 'approved; voiding always fails', failingVoids: Number.POSITIVE_INFINITY },
};
