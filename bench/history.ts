import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { Contender } from './contender';
import { median } from './figures';

const SAMPLES = 5;
const POLL_MS = 50;
const POLLS = 100;
/** The marker by which the SDK records a local activity. */
const LOCAL_ACTIVITY = 'core_local_activity';

/** What a saga's history holds. */
export interface HistorySize {
  readonly events: number;
  /** Local and regular ones. */
  readonly activities: number;
}

/** Typical number of history events of these bookings once their sagas wait for check-in. */
export async function historyEvents(
  address: string,
  contender: Contender,
  bookingIds: readonly string[],
): Promise<number> {
  return overHistories(address, async (client) => {
    const ids = bookingIds.slice(0, SAMPLES).map((id) => contender.workflowIdOf(id));
    const sizes = await Promise.all(ids.map((id) => sizeWhenWaiting(client, id)));
    return median(sizes.map(({ events }) => events));
  });
}

/** Connects for as long as `read` takes. */
export async function overHistories<Answer>(
  address: string,
  read: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const connection = await Connection.connect({ address });
  try {
    return await read(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/**
 * A saga that was just confirmed or changed has its last workflow task still to end: its history is read until it rests.
 * @param beyond only a history of more events counts
 * @throws {Error} when it does not come to rest
 */
export async function sizeWhenWaiting(client: Client, workflowId: string, beyond = 0): Promise<HistorySize> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const last = events?.at(-1);
    if (last?.timerStartedEventAttributes && (events?.length ?? 0) > beyond) return sizeOf(events ?? []);
    await sleep(POLL_MS);
  }
  throw new Error(`The saga ${workflowId} does not come to wait for check-in.`);
}

/** As much of a history event as is counted. */
interface CountedEvent {
  readonly activityTaskScheduledEventAttributes?: object | null;
  readonly markerRecordedEventAttributes?: { readonly markerName?: string | null } | null;
}

export function sizeOf(events: readonly CountedEvent[]): HistorySize {
  const isActivity = (event: CountedEvent) =>
    Boolean(event.activityTaskScheduledEventAttributes) ||
    event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY;
  return { events: events.length, activities: events.filter(isActivity).length };
}
