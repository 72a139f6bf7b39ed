import type { Client } from 'pg';
import type Stripe from 'stripe';
import { formatMoney } from '../../domain/money';
import { moneyOf } from '../../platform/stripe/amounts';
import type { Check, Finding } from './finding';

/** How far back payments are looked at: an uncaptured hold does not live longer. */
const DAYS = 31;

const STATES = `SELECT id, state, undo FROM booking.bookings WHERE id = ANY($1)`;
const OVER = ['CANCELLED', 'REJECTED', 'EXPIRED', 'FAILED', 'NO_SHOW'];
const PAID = `SELECT id, state, authorization_id FROM booking.bookings
  WHERE authorization_id IS NOT NULL AND payment_status IN ('authorized', 'captured', 'settled')
    AND state IN ('PAYMENT_AUTHORIZED', 'CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT')
    AND updated_at > now() - make_interval(days => $1)`;

/** Stripe's books against ours. As with the simulator, money is never moved here. */
export function stripeChecks(database: Client, stripe: Stripe): Check[] {
  const recent = async (): Promise<Stripe.PaymentIntent[]> => {
    const since = Math.floor(Date.now() / 1000) - DAYS * 86_400;
    const all: Stripe.PaymentIntent[] = [];
    for await (const one of stripe.paymentIntents.list({ created: { gte: since }, limit: 100 })) {
      // Others may use the same account.
      if (one.metadata?.booking_id !== undefined) all.push(one);
    }
    return all;
  };
  return [
    {
      name: 'holds',
      rule: 'Stripe holds nothing for a booking that is over and undone',
      find: async () => {
        const held = (await recent()).filter(({ status }) => status === 'requires_capture');
        const ids = held.map(({ metadata }) => metadata?.booking_id);
        const { rows } = await database.query<{ id: string; state: string; undo: string }>(STATES, [ids]);
        const ours = new Map(rows.map((row) => [row.id, row]));
        return held.flatMap((intent): Finding[] => {
          const about = intent.metadata?.booking_id ?? '';
          const booking = ours.get(about);
          const isOver = booking && OVER.includes(booking.state) && ['none', 'done'].includes(booking.undo);
          // A booking that is not here is of another installation on the same account.
          if (!isOver) return [];
          const text = `${formatMoney(moneyOf(intent))} still held (${intent.id}) though the booking is ${booking.state}: cancel it at Stripe`;
          return [{ check: 'holds', about, text }];
        });
      },
    },
    {
      name: 'payments',
      rule: 'a booking that is authorized or charged is so at Stripe',
      find: async () => {
        const known = new Map((await recent()).map((intent) => [intent.id, intent.status]));
        const { rows } = await database.query<{ id: string; state: string; authorization_id: string }>(PAID, [
          DAYS,
        ]);
        const findings: Finding[] = [];
        for (const { id, state, authorization_id } of rows) {
          const status = known.get(authorization_id) ?? (await statusOf(stripe, authorization_id));
          if (status === 'requires_capture' || status === 'succeeded') continue;
          const text = `is ${state}, but ${authorization_id} is ${status} at Stripe`;
          findings.push({ check: 'payments', about: id, text });
        }
        return findings;
      },
    },
  ];
}

async function statusOf(stripe: Stripe, id: string): Promise<string> {
  try {
    return (await stripe.paymentIntents.retrieve(id)).status;
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return 'unknown';
    throw error;
  }
}
