import type { Client } from 'pg';
import { formatMoney } from '../../domain/money';
import type { Check } from './finding';

interface AuthorizationRow {
  authorization_id: string;
  booking_id: string;
  status: string;
  amount: number;
  currency: string;
}

interface BookingRow {
  id: string;
  state: string;
  undo: string;
  payment_status: string;
  authorization_id: string | null;
}

/** States in which a booking has a hold or has been charged. */
const PAID_FOR = ['PAYMENT_AUTHORIZED', 'CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT'];
/** A saved card is charged days before check-in; a capture that was refused has left a mark of its own. */
const WITHOUT_HOLD = ['card_saved', 'failed'];
/** States in which nothing may be held any more once undoing is over. */
const OVER = ['CANCELLED', 'REJECTED', 'EXPIRED', 'FAILED', 'NO_SHOW'];

/**
 * The provider's books against ours. Money is never moved here: what is found is for an operator, who has the
 * saga's own commands for it.
 */
export function moneyChecks(database: Client, provider: Client): Check[] {
  const bookings = async () => {
    const { rows } = await database.query<BookingRow>(
      'SELECT id, state, undo, payment_status, authorization_id FROM booking.bookings',
    );
    return new Map(rows.map((row) => [row.id, row]));
  };
  const authorizations = async () =>
    (
      await provider.query<AuthorizationRow>(
        `SELECT authorization_id, booking_id, status, amount, currency FROM payment_simulator.authorizations
         WHERE status IN ('held', 'captured') ORDER BY booking_id`,
      )
    ).rows;
  return [
    {
      name: 'holds',
      rule: 'the provider holds nothing for a booking that is over and undone',
      find: async () => {
        const ours = await bookings();
        return (await authorizations()).flatMap((theirs) => {
          const booking = ours.get(theirs.booking_id);
          const isOver = booking && OVER.includes(booking.state) && ['none', 'done'].includes(booking.undo);
          if (theirs.status !== 'held' || (booking && !isOver)) return [];
          const text = `${formatMoney(theirs)} still held (${theirs.authorization_id}) though the booking ${
            booking ? `is ${booking.state}` : 'does not exist'
          }: void it at the provider`;
          return [{ check: 'holds', about: theirs.booking_id, text }];
        });
      },
    },
    {
      name: 'payments',
      rule: 'a booking that is authorized or charged is so at the provider',
      find: async () => {
        const known = new Set((await authorizations()).map(({ authorization_id }) => authorization_id));
        return [...(await bookings()).values()].flatMap((booking) => {
          const { id, state, payment_status, authorization_id } = booking;
          const isPaidFor = PAID_FOR.includes(state) && !WITHOUT_HOLD.includes(payment_status);
          if (!isPaidFor || (authorization_id !== null && known.has(authorization_id))) return [];
          const text = `is ${state} (payment ${payment_status}), but the provider knows of no open hold or charge`;
          return [{ check: 'payments', about: id, text }];
        });
      },
    },
  ];
}
