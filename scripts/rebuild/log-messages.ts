import type { Client } from 'pg';
import { readLog } from '../../bridge/event-log';
import type { FactRow } from '../../bridge/outbox-queries';
import { type SayerSettings, sayer } from '../../bridge/say';
import { UntellableFact } from '../../bridge/told-fact';
import type { PassedOver } from '../../consumers/rebuild/remake';
import type { IncomingMessage, OutgoingMessage } from '../../platform/kafka/port';

/**
 * Each booking's and each item's facts in their order, and all together about as they came. `recorded_at` is when a
 * fact's transaction began, so a later fact of a booking may have an earlier one.
 */
const ALL_FACTS = `
  SELECT fact_id, booking_id, item_id FROM (
    SELECT fact_id, booking_id, NULL AS item_id, booking_id AS subject, sequence AS nth,
           max(recorded_at) OVER (PARTITION BY booking_id ORDER BY sequence) AS told_at
    FROM booking.booking_events
    UNION ALL
    SELECT fact_id, NULL, item_id, item_id, version, max(at) OVER (PARTITION BY item_id ORDER BY version)
    FROM booking.item_events
  ) log ORDER BY told_at, subject, nth`;

/**
 * Hands on what the event log is told as on some topics: the messages that listeners got, under the ids they had, in
 * the words of today's settings. Reads the log as it is when this is called.
 * @param passOver facts that cannot be told, which the bridge has told to nobody either
 */
export async function tellEventLog(
  database: Client,
  settings: SayerSettings,
  topics: readonly string[],
  take: (message: IncomingMessage) => Promise<void>,
  passOver: (passedOver: PassedOver) => void,
): Promise<void> {
  const say = sayer(settings);
  for await (const row of readLog(database, ALL_FACTS)) {
    for (const message of told(row, say, passOver)) {
      if (topics.includes(message.topic)) await take(asRead(message));
    }
  }
}

function told(
  row: FactRow,
  say: ReturnType<typeof sayer>,
  passOver: (passedOver: PassedOver) => void,
): OutgoingMessage[] {
  try {
    return say(row);
  } catch (error) {
    if (!(error instanceof UntellableFact)) throw error;
    passOver({ what: `fact ${row.fact_id}`, error: error.message });
    return [];
  }
}

/** As if it had been read; where it stands on its topic nobody knows. */
function asRead({ topic, key, value, headers }: OutgoingMessage): IncomingMessage {
  const timestamp = Date.parse(headers.ce_time ?? '');
  return { topic, partition: -1, offset: '-1', timestamp, key, value, headers };
}
