import type { Client } from 'pg';
import type { Check } from './finding';

/** Handing on takes moments while Temporal is there. */
const LATE_MINUTES = 5;
/** How long an uncaptured hold lives at most, with a margin; after that there is nothing left to look for. */
const HOLD_DAYS = 31;

interface EventRow {
  id: string;
  kind: string;
  object_id: string;
  booking_id: string;
}

/** What payment providers told us, and what became of it. */
export function providerEventChecks(database: Client): Check[] {
  const events = async (condition: string, value: number) =>
    (
      await database.query<EventRow>(
        `SELECT id, kind, object_id, booking_id FROM booking.provider_events WHERE ${condition} ORDER BY receipt`,
        [value],
      )
    ).rows;
  return [
    {
      name: 'events',
      rule: `what the payment provider told is handed on within ${LATE_MINUTES} minutes`,
      find: async () => {
        const waiting = await events(
          'kind IS NOT NULL AND handed_at IS NULL AND received_at < now() - make_interval(mins => $1)',
          LATE_MINUTES,
        );
        return waiting.map(({ id, kind, object_id, booking_id }) => ({
          check: 'events',
          about: booking_id,
          text: `${kind} (${object_id}, event ${id}) was told to nobody yet: is the API running, and Temporal up?`,
        }));
      },
    },
    {
      name: 'late-confirmations',
      rule: 'no cardholder confirmed a payment whose booking was over',
      find: async () => {
        const late = await events(
          `kind = 'action-completed' AND authorization_id IS NOT NULL AND handed_to = 'nobody'
             AND received_at > now() - make_interval(days => $1)`,
          HOLD_DAYS,
        );
        return late.map(({ object_id, booking_id }) => ({
          check: 'late-confirmations',
          about: booking_id,
          text: `${object_id} was confirmed when its saga was over: if the provider still holds it, void it there`,
        }));
      },
    },
  ];
}
