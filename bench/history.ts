import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { Contender } from './contender';
import { median } from './figures';

const SAMPLES = 5;
const POLL_MS = 50;
const POLLS = 100;

/** Typical number of history events of these bookings once their sagas wait for check-in. */
export async function historyEvents(
  address: string,
  contender: Contender,
  bookingIds: readonly string[],
): Promise<number> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const ids = bookingIds.slice(0, SAMPLES).map((id) => contender.workflowIdOf(id));
    return median(await Promise.all(ids.map((id) => eventsWhenWaiting(client, id))));
  } finally {
    await connection.close();
  }
}

/** A saga that was just confirmed has its last workflow task still to end: its history is read until it rests. */
async function eventsWhenWaiting(client: Client, workflowId: string): Promise<number> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const last = events?.at(-1);
    if (last?.timerStartedEventAttributes) return events?.length ?? 0;
    await sleep(POLL_MS);
  }
  throw new Error(`The saga ${workflowId} does not come to wait for check-in.`);
}
