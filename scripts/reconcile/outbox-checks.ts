import type { Client } from 'pg';
import type { Check } from './finding';

/** A row that waits longer than this while Kafka is up is not merely in line. */
const LATE_MINUTES = 5;

/** What listeners have not been told. */
export function outboxChecks(database: Client): Check[] {
  return [
    {
      name: 'outbox',
      rule: `no message was refused, and none waits longer than ${LATE_MINUTES} minutes`,
      find: async () => {
        const { rows } = await database.query<{
          subject: string;
          waiting: number;
          refusal: string | null;
        }>(
          `SELECT COALESCE(booking_id, item_id, publication) AS subject, count(*)::int AS waiting, max(refusal) AS refusal
           FROM booking.outbox
           WHERE refused_at IS NOT NULL OR created_at < now() - make_interval(mins => $1)
           GROUP BY subject ORDER BY subject`,
          [LATE_MINUTES],
        );
        return rows.map(({ subject, waiting, refusal }) => ({
          check: 'outbox',
          about: subject,
          text: refusal
            ? `Kafka refused a message (${refusal}); ${waiting} wait. Clear refused_at once the cause is gone`
            : `${waiting} messages wait: is the bridge running, and Kafka up?`,
        }));
      },
    },
    {
      name: 'log',
      rule: "a booking's row is where its event log left it",
      find: async () => {
        const { rows } = await database.query<{ id: string; row: string; log: string }>(
          `SELECT b.id, b.state || ' at ' || b.sequence AS row, e.state || ' at ' || e.sequence AS log
           FROM booking.bookings b JOIN LATERAL (
             SELECT state, sequence FROM booking.booking_events WHERE booking_id = b.id ORDER BY sequence DESC LIMIT 1
           ) e ON true
           WHERE (b.state, b.sequence) <> (e.state, e.sequence) ORDER BY b.id`,
        );
        return rows.map(({ id, row, log }) => ({
          check: 'log',
          about: id,
          text: `is ${row}, its log says ${log}: somebody wrote past the saga`,
        }));
      },
    },
    {
      name: 'item-log',
      rule: "an item's version is where its event log left it",
      find: async () => {
        const { rows } = await database.query<{ id: string; version: number; log: number }>(
          `SELECT i.id, i.version, e.version AS log FROM booking.items i JOIN LATERAL (
             SELECT version FROM booking.item_events WHERE item_id = i.id ORDER BY version DESC LIMIT 1
           ) e ON true
           WHERE i.version <> e.version ORDER BY i.id`,
        );
        return rows.map(({ id, version, log }) => ({
          check: 'item-log',
          about: id,
          text: `is at version ${version}, its log at ${log}: somebody wrote past the item's facts`,
        }));
      },
    },
  ];
}
