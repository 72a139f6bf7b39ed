import { randomUUID } from 'node:crypto';
import type { SaveCardOutcome, SaveCardRequest } from '../../domain/payment';
import { type Books, one } from './books';
import { TEST_TOKENS } from './test-tokens';

interface CardRow {
  card_reference: string;
  status: 'requires_action' | 'declined' | 'saved';
}

/** Where a cardholder confirms; api/routes/development.ts answers there. */
export function confirmAt(publicUrl: string, reference: string): string {
  return `${publicUrl}/api/development/payments/${reference}/confirm`;
}

/** A card that would be declined at once cannot be saved; what else its token does, it does when it is charged. */
export async function saveCard(
  books: Books,
  publicUrl: string,
  { key, bookingId, token }: SaveCardRequest,
): Promise<SaveCardOutcome> {
  if ((await savedCard(books, token)) !== undefined) return { outcome: 'saved', card: token };
  const behaviour = TEST_TOKENS[token];
  if (behaviour === undefined) return { outcome: 'declined', code: 'unknown_token' };
  if (behaviour.decline) return { outcome: 'declined', code: behaviour.decline };
  const { rows } = await books.query<CardRow>(
    `INSERT INTO payment_simulator.cards AS c (key, card_reference, token, booking_id, status)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (key) DO UPDATE SET token = c.token RETURNING card_reference, status`,
    [key, `card_${randomUUID()}`, token, bookingId, behaviour.asksCardholder ? 'requires_action' : 'saved'],
  );
  const { card_reference: card, status } = one(rows, key);
  switch (status) {
    case 'saved':
      return { outcome: 'saved', card };
    case 'declined':
      return { outcome: 'declined', code: 'authentication_failed' };
    case 'requires_action':
      return { outcome: 'requires_action', actionUrl: confirmAt(publicUrl, card) };
  }
}

/** The token behind a saved card's reference; undefined for what is none. */
export async function savedCard(books: Books, reference: string): Promise<string | undefined> {
  if (!reference.startsWith('card_')) return undefined;
  const { rows } = await books.query<{ token: string }>(
    `SELECT token FROM payment_simulator.cards WHERE card_reference = $1 AND status = 'saved'`,
    [reference],
  );
  return rows[0]?.token;
}
