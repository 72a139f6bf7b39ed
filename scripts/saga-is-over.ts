import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { BookingId } from '../domain/ids';
import { workflowIdOf } from '../workflows/messages';

/**
 * Asks Temporal whether a booking's saga has closed. One that Temporal no longer keeps has; as a booking's row is
 * written by its saga, none can be yet to start.
 */
export function sagaIsOver(client: Client): (bookingId: BookingId) => Promise<boolean> {
  return async (bookingId) => {
    try {
      return (await client.workflow.getHandle(workflowIdOf(bookingId)).describe()).status.name !== 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      throw error;
    }
  };
}
