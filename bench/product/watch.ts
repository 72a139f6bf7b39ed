import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Confirmations } from '../confirmations';
import type { ContenderDatabase } from '../contender';
import { HELD_AT_ONCE, ITEMS, OWNER } from '../stays';

const CHANNEL = 'bench_confirmed';
const SETTLE_MS = 20_000;

/** What the bench sees of the product's database. */
export interface ProductWatch {
  readonly confirmations: Confirmations;
  /** Resolves once outbox and sweeps are empty. @throws {Error} when that takes too long */
  workedOff(withOutbox: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * Has Postgres tell when a booking is CONFIRMED, at the commit. A NOTIFY makes commits that notify wait for each
 * other, which the product therefore avoids; at tens of bookings a second, once each, that is too little to be seen,
 * and polling would be less exact. Also puts the items that are booked into the catalogue.
 */
export async function hearConfirmed(
  database: ContenderDatabase,
  confirmations: Confirmations,
): Promise<ProductWatch> {
  const client = new Client({ connectionString: database.urlFor('booking'), application_name: 'bench' });
  await client.connect();
  client.on('notification', ({ payload }) => confirmations.arrived(payload ?? ''));
  await client.query(`
    CREATE FUNCTION booking.bench_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('${CHANNEL}', NEW.booking_id); RETURN NULL; END $$;
    CREATE TRIGGER bench_confirmed AFTER INSERT ON booking.booking_events FOR EACH ROW
      WHEN (NEW.type = 'booking.confirmed') EXECUTE FUNCTION booking.bench_confirmed();
    LISTEN ${CHANNEL};`);
  await client.query(
    `INSERT INTO booking.items (id, system, kind, owner_id, name, nightly_amount, currency, capacity, max_guests,
       time_zone, check_in_time, check_out_time, decision_window_seconds, payment_deadline_seconds, grace_seconds,
       instant, payment_policy)
     SELECT id, 'stays', 'property', $2, 'Luxury Beach Villa', 30000, 'USD', 1000000, 8,
       'America/New_York', '15:00', '11:00', 86400, 86400, 900,
       id = ANY ($3::text[]), $4
     FROM unnest($1::text[]) AS id`,
    [Object.values(ITEMS).flat(), OWNER, ITEMS.instant, JSON.stringify(HELD_AT_ONCE)],
  );
  return {
    confirmations,
    async workedOff(withOutbox) {
      const deadline = Date.now() + SETTLE_MS;
      for (;;) {
        const { rows } = await client.query<{ outbox: number; sweeps: number }>(
          `SELECT (SELECT count(*) FROM booking.outbox)::int AS outbox,
                  (SELECT count(*) FROM booking.sweeps)::int AS sweeps`,
        );
        const [left] = rows;
        if (left?.sweeps === 0 && (!withOutbox || left.outbox === 0)) return;
        if (Date.now() > deadline) throw new Error(`Not worked off: ${JSON.stringify(left)}.`);
        await sleep(50);
      }
    },
    close: () => client.end(),
  };
}
