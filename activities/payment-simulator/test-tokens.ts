/** How the simulator treats a token. Counts are of calls under one idempotency key. */
export interface TokenBehaviour {
  readonly description: string;
  readonly decline?: 'card_declined' | 'insufficient_funds';
  /** Declines when it is charged while its holder is away. */
  readonly declineOffSession?: 'card_declined';
  /** Has the cardholder confirm the first use of the card, be it a payment or its being saved. */
  readonly asksCardholder?: true;
  /** The hold has run out when it is captured. */
  readonly holdExpires?: true;
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
  tok_requires_action: {
    description: 'the cardholder has to confirm, at a page of the API',
    asksCardholder: true,
  },
  tok_declined_later: {
    description: 'can be saved and approves, but is declined when charged while the traveler is away',
    declineOffSession: 'card_declined',
  },
  tok_hold_expires: {
    description: 'approved, but the hold has run out when it is captured',
    holdExpires: true,
  },
  tok_slow: { description: 'approved, after three seconds', delayMs: 3_000 },
  tok_down: { description: 'provider unreachable for five calls, then approved', unreachableCalls: 5 },
  tok_unreachable: { description: 'provider never reachable', unreachableCalls: Number.POSITIVE_INFINITY },
  tok_answer_lost: { description: 'hold taken, first answer lost', lostAnswers: 1 },
  tok_void_fails: { description: 'approved; voiding fails eight times, then works', failingVoids: 8 },
  tok_void_never: { description: 'approved; voiding always fails', failingVoids: Number.POSITIVE_INFINITY },
};

/** How a card behaves in one use of it. */
export function behaviourOf(
  token: string,
  use: { readonly isSaved: boolean; readonly offSession: boolean },
): TokenBehaviour | undefined {
  const known = TEST_TOKENS[token];
  if (known === undefined) return undefined;
  const { declineOffSession, asksCardholder, ...behaviour } = known;
  return {
    ...behaviour,
    ...(use.offSession && declineOffSession && { decline: declineOffSession }),
    // A card that was saved was confirmed with that.
    ...(asksCardholder && !use.isSaved && { asksCardholder }),
  };
}

/** Whether a call is decided in the statement that takes it down. */
export function approvesAtOnce(behaviour: TokenBehaviour | undefined): boolean {
  if (!behaviour) return false;
  const { decline, asksCardholder, delayMs, unreachableCalls, lostAnswers } = behaviour;
  return !(decline || asksCardholder || delayMs || unreachableCalls || lostAnswers);
}
