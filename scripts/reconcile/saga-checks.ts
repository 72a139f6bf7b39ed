import { type Client as TemporalClient, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from 'pg';
import type { BookingId } from '../../domain/ids';
import { BOOKING_SAGA, workflowIdOf } from '../../workflows/messages';
import type { Check, Finding } from './finding';

/** Bookings whose saga has something left to do. */
const UNFINISHED = `
  SELECT id, state, undo FROM booking.bookings
  WHERE state IN ('PENDING', 'ACCEPTED', 'PAYMENT_AUTHORIZED', 'CONFIRMED', 'CHECKED_IN')
     OR undo IN ('running', 'needs_operator')
  ORDER BY id`;

interface BookingRow {
  id: BookingId;
  state: string;
  undo: string;
}

/** Temporal against Postgres: sagas that were terminated or deleted by hand, and sagas whose booking is missing. */
export function sagaChecks(database: Client, temporal: TemporalClient): Check[] {
  return [
    {
      name: 'sagas',
      rule: 'a booking with something left to do has a running saga',
      find: async () => {
        const running = await runningSagas(temporal);
        const findings: Finding[] = [];
        for (const booking of (await database.query<BookingRow>(UNFINISHED)).rows) {
          // The list lags behind by a moment, so a saga that it does not name is asked for itself.
          if (running.has(workflowIdOf(booking.id))) continue;
          const status = await statusOf(temporal, booking.id);
          if (status === 'RUNNING' || !(await stillSo(database, booking))) continue;
          findings.push({
            check: 'sagas',
            about: booking.id,
            text: `is ${booking.state} (undo: ${booking.undo}), but its saga is ${status}: reset it in the Web UI`,
          });
        }
        return findings;
      },
    },
    {
      name: 'orphans',
      rule: 'a running saga has a booking',
      find: async () => {
        const findings: Finding[] = [];
        for (const workflowId of await runningSagas(temporal)) {
          const { rowCount } = await database.query('SELECT FROM booking.bookings WHERE id = $1', [
            workflowId.slice(workflowIdOf('' as BookingId).length),
          ]);
          if (rowCount === 0) {
            const text = 'runs, but there is no such booking: it is being opened, or Postgres lost it';
            findings.push({ check: 'orphans', about: workflowId, text });
          }
        }
        return findings;
      },
    },
  ];
}

async function runningSagas(temporal: TemporalClient): Promise<Set<string>> {
  const running = new Set<string>();
  const query = `WorkflowType = '${BOOKING_SAGA}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of temporal.workflow.list({ query })) running.add(workflowId);
  return running;
}

async function statusOf(temporal: TemporalClient, bookingId: BookingId): Promise<string> {
  try {
    return (await temporal.workflow.getHandle(workflowIdOf(bookingId)).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'missing';
    throw error;
  }
}

/** Its saga may have finished while we looked. */
async function stillSo(database: Client, { id, state, undo }: BookingRow): Promise<boolean> {
  const { rows } = await database.query<BookingRow>(
    'SELECT state, undo FROM booking.bookings WHERE id = $1',
    [id],
  );
  return rows[0]?.state === state && rows[0].undo === undo;
}
