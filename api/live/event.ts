import { z } from 'zod';
import { BOOKING_STATES, type BookingState, FACT_TYPES, UNDO_STATUSES } from '../../domain/booking-state';
import type { System } from '../../domain/item';
import { statusWord } from '../../domain/system-status';
import { Prisma } from '../../prisma/generated/client';

/** One line of the event log as a live stream sends it: what `GET /api/bookings/:id` and its timeline show, and no more. */
export const liveEventSchema = z
  .object({
    bookingId: z.string(),
    confirmationNumber: z.string().nullable(),
    propertyId: z.string(),
    sequence: z.int(),
    type: z.enum(FACT_TYPES),
    state: z.enum(BOOKING_STATES),
    status: z.string().meta({ description: "The word that the booking's system has for `state`." }),
    undo: z.enum(UNDO_STATUSES),
    actor: z.enum(['OWNER', 'TRAVELER', 'SYSTEM']),
    reason: z.string().nullable(),
    reasonCode: z.string().nullable(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'LiveEvent', description: 'The `data` of each event, whose name is `booking`.' });

export type LiveEvent = z.output<typeof liveEventSchema>;

export const liveEventExample: LiveEvent = {
  bookingId: 'BKG01KAJ5M3ZC8T0V6RQ2XE1H',
  confirmationNumber: null,
  propertyId: 'PROP-001',
  sequence: 2,
  type: 'booking.accepted',
  state: 'ACCEPTED',
  status: 'ACCEPTED',
  undo: 'none',
  actor: 'OWNER',
  reason: null,
  reasonCode: null,
  at: '2026-11-01T09:31:00.000Z',
};

/** A fact with what an event says of its booking. */
export interface LoggedFact {
  readonly bookingId: string;
  readonly confirmationNumber: string | null;
  readonly system: string;
  readonly itemId: string;
  readonly sequence: number;
  readonly type: string;
  readonly state: string;
  readonly undo: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly reasonCode: string | null;
  readonly at: Date;
  /** How long ago it was committed, by the database's own clock. */
  readonly ageSeconds: number;
}

/** The columns of a {@link LoggedFact}, of `booking_events e` and its `bookings b`. */
export const FACT_COLUMNS = Prisma.sql`
  e.booking_id AS "bookingId", b.confirmation_number AS "confirmationNumber", b.system, b.item_id AS "itemId",
  e.sequence, e.type, e.state, e.undo, e.actor, e.reason, e.reason_code AS "reasonCode", e.at,
  extract(epoch FROM clock_timestamp() - e.recorded_at)::float8 AS "ageSeconds"`;

/** A fact, whose words the log's constraints vouch for, as it is sent. */
export function liveEvent({ system, itemId, ageSeconds, at, ...fact }: LoggedFact): LiveEvent {
  return {
    bookingId: fact.bookingId,
    confirmationNumber: fact.confirmationNumber,
    propertyId: itemId,
    sequence: fact.sequence,
    type: fact.type as LiveEvent['type'],
    state: fact.state as BookingState,
    status: statusWord(system as System, fact.state as BookingState),
    undo: fact.undo as LiveEvent['undo'],
    actor: fact.actor as LiveEvent['actor'],
    reason: fact.reason,
    reasonCode: fact.reasonCode,
    at: at.toISOString(),
  };
}
