import type { Client } from 'pg';
import type { Check, Finding } from './finding';

interface BalanceRow {
  booking_id: string;
  what: string;
}

/** What the holds say went in and stayed, against what the lines say. */
const DISAGREEING = `
  SELECT a.booking_id,
    'holds say ' || (a.kept)::text || ' kept and ' || a.disputed || ' disputed, lines say '
      || COALESCE(l.kept, 0) || ' and ' || COALESCE(l.disputed, 0) || ' (minor units)' AS what
  FROM (
    SELECT booking_id, sum(captured - refunded - charged_back) AS kept, sum(disputed) AS disputed
    FROM booking.authorizations GROUP BY booking_id
  ) a LEFT JOIN (
    SELECT booking_id, -sum(amount) FILTER (WHERE account = 'guest') AS kept,
           COALESCE(sum(amount) FILTER (WHERE account = 'disputed'), 0) AS disputed
    FROM booking.ledger_entries GROUP BY booking_id
  ) l USING (booking_id)
  WHERE (a.kept, a.disputed) IS DISTINCT FROM (COALESCE(l.kept, 0), COALESCE(l.disputed, 0))
  ORDER BY a.booking_id`;

/** Paid in and advanced = refunded + paid out + commission + disputed + still held, and none of it below nothing. */
const UNBALANCED = `
  SELECT booking_id, 'lines add up to ' || sum(amount) || ', ' || clearing || ' is still held (minor units)' AS what
  FROM (
    SELECT booking_id, amount,
           sum(amount) FILTER (WHERE account = 'clearing') OVER (PARTITION BY booking_id) AS clearing
    FROM booking.ledger_entries
  ) lines GROUP BY booking_id, clearing
  HAVING sum(amount) <> 0 OR clearing < 0 ORDER BY booking_id`;

/** Facts of moved money that the ledger has no lines of. */
const UNBOOKED = `
  SELECT e.booking_id, e.type || ' at ' || e.sequence || ' is not in the ledger' AS what
  FROM booking.booking_events e
  WHERE (e.type IN ('payment.captured', 'payment.refunded', 'payment.settled', 'payment.disputed',
           'payment.dispute-won', 'payment.dispute-lost')
      OR e.type = 'undo.completed' AND e.details->>'step' = 'refund-payment' AND e.details->>'outcome' = 'refunded')
    AND COALESCE((e.details->'amount'->>'amount')::integer, 1) > 0
    AND NOT EXISTS (SELECT FROM booking.ledger_entries l WHERE l.fact_id = e.fact_id)
  ORDER BY e.booking_id, e.sequence`;

const GAPS = `
  SELECT i.owner_id AS booking_id,
    'has issued ' || count(*) || ' invoices and counted to ' || COALESCE(c.last, 0) || ', the last is ' || max(serial)
      AS what
  FROM booking.invoices i LEFT JOIN booking.invoice_counters c USING (owner_id)
  GROUP BY i.owner_id, c.last HAVING count(*) <> c.last OR max(serial) <> c.last OR c.last IS NULL
  ORDER BY i.owner_id`;

const MISINVOICED = `
  SELECT b.id AS booking_id, 'is invoiced over ' || booking.invoiced(b.id) || ', the traveler has paid '
      || -booking.account_balance(b.id, 'guest') || ' (minor units)' AS what
  FROM booking.bookings b
  WHERE EXISTS (SELECT FROM booking.invoices i WHERE i.booking_id = b.id)
    AND booking.invoiced(b.id) <> -booking.account_balance(b.id, 'guest')
  ORDER BY b.id`;

/** The ledger against itself and against the log, and the invoices against the ledger. Never repaired: it is money. */
export function ledgerChecks(database: Client): Check[] {
  const check = (name: string, rule: string, sql: string): Check => ({
    name,
    rule,
    find: async (): Promise<Finding[]> =>
      (await database.query<BalanceRow>(sql)).rows.map(({ booking_id, what }) => ({
        check: name,
        about: booking_id,
        text: what,
      })),
  });
  return [
    check('authorizations', 'what became of the holds is what the ledger lines say', DISAGREEING),
    check(
      'ledger',
      "a booking's ledger lines add up to nothing, and no more leaves than is held",
      UNBALANCED,
    ),
    check('booked', 'every fact of moved money is in the ledger', UNBOOKED),
    check('invoice-numbers', "an owner's invoices are numbered without gaps", GAPS),
    check('invoices', 'what is invoiced and not credited is what the traveler has paid', MISINVOICED),
  ];
}
