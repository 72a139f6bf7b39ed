import type { BookingId } from '../domain/ids';
import type { Config } from '../platform/config';
import { workflowIdOf } from '../workflows/messages';

/** Where the Web UI shows a booking's saga. */
export function sagaLink(config: Config, bookingId: string): string {
  const workflow = encodeURIComponent(workflowIdOf(bookingId as BookingId));
  return `${config.TEMPORAL_UI_URL}/namespaces/${config.TEMPORAL_NAMESPACE}/workflows/${workflow}`;
}
