import type { Client } from 'pg';
import { readLog } from '../../bridge/event-log';
import type { FactRow } from '../../bridge/outbox-queries';
import type { sayer } from '../../bridge/say';
import { UntellableFact } from '../../bridge/told-fact';

/** What is to be told again, of which times; the times are those that the messages carry. */
export interface Republication {
  /** As this environment calls it. */
  readonly topic: string;
  readonly from: Date;
  /** Bookings with nothing to tell until then are left alone; what is told of the others goes on to their newest. */
  readonly to?: Date | undefined;
  readonly bookingId?: string | undefined;
}

/** A booking, or an item, of which something is to be told again. */
export interface Subject {
  readonly kind: 'booking' | 'item';
  readonly id: string;
  /** How many, by the log as it was read. */
  readonly messages: number;
  /** Sequences of the first one and of the last, which is the newest that the topic ever had. */
  readonly first: number;
  readonly newest: number;
}

/** What is left out of it: a fact of it cannot be told, so that its messages would not be whole. */
export interface Untellable extends Pick<Subject, 'kind' | 'id'> {
  readonly error: string;
}

export interface Plan {
  readonly subjects: readonly Subject[];
  readonly untellable: readonly Untellable[];
}

/** Facts from a time on, each subject's together and in order. */
const FACTS = `
  SELECT fact_id, booking_id, NULL AS item_id, sequence AS nth FROM booking.booking_events
  WHERE at >= $1 AND ($2::text IS NULL OR booking_id = $2)
  UNION ALL
  SELECT fact_id, NULL, item_id, version FROM booking.item_events WHERE at >= $1 AND $2::text IS NULL
  ORDER BY booking_id, item_id, nth`;

/** Finds out of whom something is to be told again, by the event log as it is when this is called. */
export async function planRepublication(
  database: Client,
  { topic, from, to, bookingId }: Republication,
  say: ReturnType<typeof sayer>,
): Promise<Plan> {
  const subjects: Subject[] = [];
  const untellable = new Map<string, Untellable>();
  let current: Subject | undefined;
  /** Whether anything of the current one was told by `to`. */
  let wanted = false;
  const close = () => {
    if (current && wanted && !untellable.has(current.id)) subjects.push(current);
    current = undefined;
    wanted = false;
  };
  for await (const row of readLog(database, FACTS, [from, bookingId ?? null])) {
    const id = row.booking_id ?? row.item_id;
    if (current?.id !== id) close();
    const kind = row.booking_id === null ? 'item' : 'booking';
    try {
      if (untellable.has(id) || !isTold(row, topic, say)) continue;
    } catch (error) {
      if (!(error instanceof UntellableFact)) throw error;
      untellable.set(id, { kind, id, error: error.message });
      continue;
    }
    const { sequence, at } = whenOf(row);
    current ??= { kind, id, messages: 0, first: sequence, newest: sequence };
    current = { ...current, messages: current.messages + 1, newest: sequence };
    wanted ||= to === undefined || new Date(at) <= to;
  }
  close();
  return { subjects, untellable: [...untellable.values()] };
}

/** Whether a fact is told on a topic. @throws {UntellableFact} where it cannot be told at all */
export function isTold(row: FactRow, topic: string, say: ReturnType<typeof sayer>): boolean {
  return say(row).some((message) => message.topic === topic);
}

function whenOf(row: FactRow): { readonly sequence: number; readonly at: string } {
  if (row.booking_id === null) return { sequence: row.item_fact?.version ?? 0, at: row.item_fact?.at ?? '' };
  return { sequence: row.fact?.sequence ?? 0, at: row.fact?.at ?? '' };
}
