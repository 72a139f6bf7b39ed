import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
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
import { type Books, one } from './books';
import { confirmAt, saveCard, savedCard } from './cards';
import { approvesAtOnce, behaviourOf, TEST_TOKENS } from './test-tokens';

interface AuthorizationRow {
  authorization_id: string;
  token: string;
  status: 'calling' | 'requires_action' | 'declined' | 'held' | 'captured' | 'voided' | 'expired';
  decline_code: DeclineCode | null;
  calls: number;
  undo_calls: number;
}

/**
 * A payment provider that behaves as its test tokens say (test-tokens.ts). Its books are in Postgres, schema
 * `payment_simulator`, so that what it did outlives the process that asked for it, as a real provider's would.
 */
export class PaymentSimulator implements PaymentGateway {
  /** @param publicUrl where the API is, which has the pages that cardholders confirm at */
  constructor(
    private readonly books: Books,
    private readonly publicUrl = 'http://127.0.0.1:3000',
  ) {}

  saveCard(request: SaveCardRequest): Promise<SaveCardOutcome> {
    return saveCard(this.books, this.publicUrl, request);
  }

  async authorize(request: AuthorizeRequest): Promise<AuthorizeOutcome> {
    const saved = await savedCard(this.books, request.token);
    const token = saved ?? request.token;
    const behaviour = behaviourOf(token, {
      isSaved: saved !== undefined,
      offSession: request.offSession === true,
    });
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
        approvesAtOnce(behaviour) ? 'held' : 'calling',
      ],
    );
    const row = one(rows, request.key);
    if (approvesAtOnce(behaviour) && row.status !== 'calling') {
      return { outcome: 'authorized', authorizationId: row.authorization_id };
    }
    if (behaviour === undefined) return this.decide(request.key, 'declined', 'unknown_token');
    if (row.calls <= (behaviour.unreachableCalls ?? 0)) {
      throw new GatewayUnreachable('the payment provider cannot be reached');
    }
    if (behaviour.delayMs !== undefined && row.status === 'calling') await wait(behaviour.delayMs);
    if (behaviour.decline) return this.decide(request.key, 'declined', behaviour.decline);
    if (behaviour.asksCardholder) return this.decide(request.key, 'requires_action');
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
    if (row.undo_calls <= (TEST_TOKENS[row.token]?.failingVoids ?? 0)) {
      throw new GatewayUnreachable('the payment provider fails to void');
    }
    const { rowCount } = await this.books.query(
      `UPDATE payment_simulator.authorizations
       SET status = CASE status WHEN 'expired' THEN status ELSE 'voided' END
       WHERE authorization_id = $1 AND status IN ('held', 'requires_action', 'expired', 'voided')`,
      [request.authorizationId],
    );
    if (rowCount === 0) return { outcome: 'rejected', code: 'hold_not_open' };
    return { outcome: 'done', reference: request.authorizationId };
  }

  /** Takes part or all of a hold, once; what is left of it is released with that. */
  async capture(request: { key: string; authorizationId: string; amount: Money }): Promise<HoldOutcome> {
    if (await this.hasExpired(request.authorizationId)) return { outcome: 'rejected', code: 'hold_expired' };
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

  /** Lets a hold run out whose token says so, at the moment somebody wants to capture it. */
  private async hasExpired(authorizationId: string): Promise<boolean> {
    const { rowCount } = await this.books.query(
      `UPDATE payment_simulator.authorizations SET status = 'expired'
       WHERE authorization_id = $1 AND token = ANY($2) AND status IN ('held', 'expired')`,
      [authorizationId, EXPIRING],
    );
    return rowCount === 1;
  }

  /** Decides a call that is still open; one that was decided keeps its first outcome, as providers do. */
  private async decide(
    key: string,
    status: 'held' | 'declined' | 'requires_action',
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
    const authorizationId = row.authorization_id;
    if (row.status !== 'requires_action') return { outcome: 'authorized', authorizationId };
    return {
      outcome: 'requires_action',
      authorizationId,
      actionUrl: confirmAt(this.publicUrl, authorizationId),
    };
  }
}

const EXPIRING = Object.entries(TEST_TOKENS).flatMap(([token, { holdExpires }]) =>
  holdExpires ? [token] : [],
);
