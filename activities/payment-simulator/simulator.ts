import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Money } from '../../domain/money';
import type {
  AuthorizeOutcome,
  AuthorizeRequest,
  DeclineCode,
  HoldOutcome,
  SaveCardOutcome,
  SaveCardRequest,
  SettleRequest,
} from '../../domain/payment';
import { GatewayUnreachable, type PaymentGateway } from '../payment-gateway';
import { TEST_TOKENS, type TokenBehaviour } from './test-tokens';

interface AuthorizationRow {
  authorization_id: string;
  token: string;
  status: 'calling' | 'declined' | 'held' | 'captured' | 'voided';
  decline_code: DeclineCode | null;
  calls: number;
  undo_calls: number;
}

/**
 * A payment provider that behaves as its test tokens say (test-tokens.ts). Its books are in Postgres, schema
 * `payment_simulator`, so that what it did outlives the process that asked for it, as a real provider's would.
 */
export class PaymentSimulator implements PaymentGateway {
  constructor(private readonly books: Pool) {}

  /** A card that would be declined at once cannot be saved; what else its token does, it does when it is charged. */
  async saveCard({ key, token }: SaveCardRequest): Promise<SaveCardOutcome> {
    const behaviour = behaviourOf(token);
    if (behaviour === undefined) return { outcome: 'declined', code: 'unknown_token' };
    if (behaviour.decline) return { outcome: 'declined', code: behaviour.decline };
    const { rows } = await this.books.query<{ card_reference: string }>(
      `INSERT INTO payment_simulator.cards AS c (key, card_reference, token) VALUES ($1, $2, $3)
       ON CONFLICT (key) DO UPDATE SET token = c.token RETURNING card_reference`,
      [key, `card_${randomUUID()}`, token],
    );
    return { outcome: 'saved', card: one(rows, key).card_reference };
  }

  async authorize(request: AuthorizeRequest): Promise<AuthorizeOutcome> {
    const token = await this.tokenOf(request.token);
    const { rows } = await this.books.query<AuthorizationRow>(
      `INSERT INTO payment_simulator.authorizations AS a
         (key, authorization_id, booking_id, token, amount, currency, status, calls)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 1)
       ON CONFLICT (key) DO UPDATE SET calls = a.calls + 1
       RETURNING authorization_id, token, status, decline_code, calls, undo_calls`,
      [
        request.key,
        `auth_${randomUUID()}`,
        request.bookingId,
        token,
        request.amount.amount,
        request.amount.currency,
        approvesAtOnce(behaviourOf(token)) ? 'held' : 'calling',
      ],
    );
    const row = one(rows, request.key);
    const behaviour = behaviourOf(row.token);
    if (approvesAtOnce(behaviour) && row.status !== 'calling') {
      return { outcome: 'authorized', authorizationId: row.authorization_id };
    }
    if (behaviour === undefined) return this.decide(request.key, 'declined', 'unknown_token');
    if (row.calls <= (behaviour.unreachableCalls ?? 0)) {
      throw new GatewayUnreachable('the payment provider cannot be reached');
    }
    if (behaviour.delayMs !== undefined && row.status === 'calling') await wait(behaviour.delayMs);
    if (behaviour.decline) return this.decide(request.key, 'declined', behaviour.decline);
    const answer = await this.decide(request.key, 'held');
    if (row.calls <= (behaviour.lostAnswers ?? 0)) {
      return { outcome: 'unknown', detail: 'the provider took the request but its answer was lost' };
    }
    return answer;
  }

  async void(request: { key: string; authorizationId: string }): Promise<HoldOutcome> {
    const { rows } = await this.books.query<AuthorizationRow>(
      `UPDATE payment_simulator.authorizations SET undo_calls = undo_calls + 1 WHERE authorization_id = $1
       RETURNING authorization_id, token, status, decline_code, calls, undo_calls`,
      [request.authorizationId],
    );
    const row = one(rows, request.authorizationId);
    if (row.undo_calls <= (behaviourOf(row.token)?.failingVoids ?? 0)) {
      throw new GatewayUnreachable('the payment provider fails to void');
    }
    const { rowCount } = await this.books.query(
      `UPDATE payment_simulator.authorizations SET status = 'voided'
       WHERE authorization_id = $1 AND status IN ('held', 'voided')`,
      [request.authorizationId],
    );
    if (rowCount === 0) return { outcome: 'rejected', code: 'hold_not_open' };
    return { outcome: 'done', reference: request.authorizationId };
  }

  /** Takes part or all of a hold, once; what is left of it is released with that. */
  async capture(request: { key: string; authorizationId: string; amount: Money }): Promise<HoldOutcome> {
    const { rowCount } = await this.books.query(
      `UPDATE payment_simulator.authorizations SET status = 'captured', captured = $2
       WHERE authorization_id = $1 AND $2 <= amount AND (status = 'held' OR status = 'captured' AND captured = $2)`,
      [request.authorizationId, request.amount.amount],
    );
    if (rowCount === 0) return { outcome: 'rejected', code: 'hold_not_open' };
    return { outcome: 'done', reference: request.authorizationId };
  }

  async refund(request: { key: string; authorizationId: string; amount: Money }): Promise<HoldOutcome> {
    const { rows } = await this.books.query<{ refunded: boolean }>(
      `WITH refund AS (
         INSERT INTO payment_simulator.refunds (key, authorization_id, amount)
         SELECT $1, $2, $3 FROM payment_simulator.authorizations
         WHERE authorization_id = $2 AND status = 'captured' AND captured - refunded >= $3
         ON CONFLICT (key) DO NOTHING RETURNING amount
       ), booked AS (
         UPDATE payment_simulator.authorizations SET refunded = refunded + refund.amount FROM refund
         WHERE authorization_id = $2
       )
       SELECT EXISTS (SELECT FROM refund) OR EXISTS (SELECT FROM payment_simulator.refunds WHERE key = $1) AS refunded`,
      [request.key, request.authorizationId, request.amount.amount],
    );
    if (!rows[0]?.refunded) return { outcome: 'rejected', code: 'nothing_to_refund' };
    return { outcome: 'done', reference: `refund_${request.key}` };
  }

  async settle(request: SettleRequest): Promise<HoldOutcome> {
    await this.books.query(
      `INSERT INTO payment_simulator.payouts (key, booking_id, owner_id, amount, currency)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING`,
      [request.key, request.bookingId, request.ownerId, request.amount.amount, request.amount.currency],
    );
    return { outcome: 'done', reference: `payout_${request.key}` };
  }

  /** The token behind a saved card's reference; any other token is itself. */
  private async tokenOf(token: string): Promise<string> {
    if (!token.startsWith('card_')) return token;
    const { rows } = await this.books.query<{ token: string }>(
      'SELECT token FROM payment_simulator.cards WHERE card_reference = $1',
      [token],
    );
    return rows[0]?.token ?? token;
  }

  /** Decides a call that is still open; one that was decided keeps its first outcome, as providers do. */
  private async decide(
    key: string,
    status: 'held' | 'declined',
    code?: DeclineCode,
  ): Promise<AuthorizeOutcome> {
    const { rows } = await this.books.query<AuthorizationRow>(
      `UPDATE payment_simulator.authorizations SET
         status = CASE status WHEN 'calling' THEN $2 ELSE status END,
         decline_code = CASE status WHEN 'calling' THEN $3 ELSE decline_code END
       WHERE key = $1 RETURNING authorization_id, token, status, decline_code, calls, undo_calls`,
      [key, status, code ?? null],
    );
    const row = one(rows, key);
    if (row.status === 'declined') return { outcome: 'declined', code: row.decline_code ?? 'card_declined' };
    return { outcome: 'authorized', authorizationId: row.authorization_id };
  }
}

function behaviourOf(token: string): TokenBehaviour | undefined {
  return TEST_TOKENS[token];
}

/** Such a call is decided in the statement that takes it down. */
function approvesAtOnce(behaviour: TokenBehaviour | undefined): boolean {
  if (!behaviour) return false;
  const { decline, delayMs, unreachableCalls, lostAnswers } = behaviour;
  return !(decline || delayMs || unreachableCalls || lostAnswers);
}

function one<Row>(rows: readonly Row[], key: string): Row {
  const row = rows[0];
  if (row === undefined) throw new Error(`the provider knows nothing of ${key}`);
  return row;
}
