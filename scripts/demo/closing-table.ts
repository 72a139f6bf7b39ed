import Table from 'cli-table3';
import type { Config } from '../../platform/config';
import type { IncomingMessage } from '../../platform/kafka/port';
import { sagaLink } from '../saga-link';
import { messagesOf } from './kafka-ear';
import type { ShownBooking } from './visitor';

/** How a story ended for one booking. */
export interface Ending {
  readonly story: string;
  readonly booking?: ShownBooking;
  /** What the provider still holds. */
  readonly held?: string;
  readonly failure?: string;
}

/** One row per booking; the links stand below, whole, so that a terminal can open them. */
export function closingTable(
  endings: readonly Ending[],
  seen: readonly IncomingMessage[] | undefined,
  config: Config,
): string {
  const table = new Table({
    head: ['story', 'booking', 'ending', 'undo', 'held at the provider', 'told on Kafka'],
    style: { head: [], border: [] },
    colWidths: [22, 25, 34, 8, 14, 22],
    wordWrap: true,
  });
  for (const { story, booking, held, failure } of endings) {
    if (!booking) table.push([story, '–', failure ?? 'failed', '', '', '']);
    else {
      const ending = booking.reason ? `${booking.state}: ${booking.reason}` : booking.state;
      const told = seen ? messagesOf(seen, booking.id).join(' ') : 'Kafka away';
      table.push([story, booking.id, ending, booking.undo, held ?? '', told]);
    }
  }
  const links = endings.flatMap(({ booking }) =>
    booking ? [`  ${booking.id}  ${sagaLink(config, booking.id)}`] : [],
  );
  return `${table.toString()}\n\nTheir sagas in the Web UI:\n${links.join('\n')}`;
}
