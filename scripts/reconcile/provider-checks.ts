import type { Client } from 'pg';
import { formatMoney } from '../../domain/money';
import type { Check, Finding } from './finding';

interface HoldRow {
  authorization_id: string;
  booking_id: string;
  currency: string;
  authorized: number;
  captured: number;
  refunded: number;
  voided: number;
}

const OUR_HOLDS = `
  SELECT a.authorization_id, a.booking_id, a.currency, a.authorized, a.captured, a.refunded, a.voided
  FROM booking.authorizations a JOIN booking.bookings b ON b.id = a.booking_id
  -- A capture that the provider refused leaves a hold that only the provider knows the end of.
  WHERE b.payment_status <> 'failed' ORDER BY a.booking_id, a.authorization_id`;

/** The simulator releases what a capture leaves of a hold. */
const THEIR_HOLDS = `
  SELECT authorization_id, booking_id, currency, amount AS authorized, captured, refunded,
         CASE status WHEN 'captured' THEN amount - captured WHEN 'voided' THEN amount ELSE 0 END AS voided
  FROM payment_simulator.authorizations WHERE status IN ('held', 'captured', 'voided')`;

/** Ids that the simulator gives; those of another provider are not in its books. */
const SIMULATED = /^auth_/;

/** The ledger against the provider's books, hold by hold and payout by payout. */
export function providerChecks(database: Client, provider: Client): Check[] {
  return [
    {
      name: 'provider-holds',
      rule: 'the provider has taken, given back and given up what the ledger says',
      find: () => twice(() => differingHolds(database, provider)),
    },
    {
      name: 'payouts',
      rule: 'the provider has paid out to owners what the ledger says',
      find: () => twice(() => differingPayouts(database, provider)),
    },
  ];
}

/** A move that is under way is in the provider's books before it is in ours: what is only found once is that. */
async function twice(find: () => Promise<Finding[]>): Promise<Finding[]> {
  const first = await find();
  if (first.length === 0) return [];
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const again = new Set((await find()).map(({ about, text }) => `${about} ${text}`));
  return first.filter(({ about, text }) => again.has(`${about} ${text}`));
}

async function differingHolds(database: Client, provider: Client): Promise<Finding[]> {
  const theirs = new Map(
    (await provider.query<HoldRow>(THEIR_HOLDS)).rows.map((row) => [row.authorization_id, row]),
  );
  const ours = (await database.query<HoldRow>(OUR_HOLDS)).rows;
  return ours.flatMap((hold) => {
    const { authorization_id, booking_id, currency } = hold;
    if (!SIMULATED.test(authorization_id)) return [];
    const other = theirs.get(authorization_id);
    const about = { check: 'provider-holds', about: booking_id };
    if (!other) return [{ ...about, text: `the provider knows nothing of ${authorization_id}` }];
    const differences = (['authorized', 'captured', 'refunded', 'voided'] as const)
      .filter((part) => hold[part] !== other[part])
      .map((part) => {
        const money = (amount: number) => formatMoney({ amount, currency });
        return `${part} ${money(hold[part])}, at the provider ${money(other[part])}`;
      });
    return differences.length === 0
      ? []
      : [{ ...about, text: `${authorization_id}: ${differences.join('; ')}` }];
  });
}

interface PayoutRow {
  booking_id: string;
  amount: number;
}

async function differingPayouts(database: Client, provider: Client): Promise<Finding[]> {
  const { rows: theirs } = await provider.query<PayoutRow>(
    'SELECT booking_id, sum(amount)::integer AS amount FROM payment_simulator.payouts GROUP BY booking_id',
  );
  const { rows: ours } = await database.query<PayoutRow>(
    `SELECT l.booking_id, sum(l.amount)::integer AS amount FROM booking.ledger_entries l
     WHERE account = 'owner' AND EXISTS (SELECT FROM booking.authorizations a
       WHERE a.booking_id = l.booking_id AND a.authorization_id LIKE 'auth\\_%')
     GROUP BY l.booking_id ORDER BY l.booking_id`,
  );
  const paidOut = new Map(theirs.map((row) => [row.booking_id, row.amount]));
  const booked = new Map(ours.map((row) => [row.booking_id, row.amount]));
  return [...new Set([...booked.keys(), ...paidOut.keys()])].flatMap((id) => {
    const [our = 0, their = 0] = [booked.get(id), paidOut.get(id)];
    if (our === their) return [];
    const text = `the ledger has paid out ${our}, the provider ${their} (minor units)`;
    return [{ check: 'payouts', about: id, text }];
  });
}
