import type { SagaRecord } from './saga-record';

/** The guest's coming, which ends the waiting: said by the owner, or taken for granted when the clock says so. */
export interface AwaitedGuest {
  /** Names the timer in the Web UI. */
  readonly name: string;
  /** Milliseconds since the epoch. A change of the dates changes it. */
  readonly at: () => number;
  readonly hasCome: () => boolean;
}

/** What a booking that waits for its guest may have to see to before: by the clock, or because something came. */
export interface Appointment {
  /** Names the timer in the Web UI. */
  readonly name: string;
  /** When it falls due, milliseconds since the epoch; undefined while the clock has no say in it. */
  readonly at: () => number | undefined;
  /** Whether it is due already, whatever the clock says. */
  readonly hasCome: () => boolean;
  /** Sees to it; afterwards it is no longer due. */
  readonly keep: () => Promise<void>;
}

/**
 * Waits for the guest and keeps the appointments that come first, one at a time, the earlier in the list before the
 * later. Returns when the guest is here, or when nobody may be waited for any longer.
 *
 * @param show told what is waited for next
 * @throws {BookingEnds} as soon as an ending is claimed, or an appointment ends the booking.
 */
export async function keepAppointments(
  booking: SagaRecord,
  appointments: readonly Appointment[],
  guest: AwaitedGuest,
  show: (next: { readonly name: string; readonly at: number }) => void,
): Promise<void> {
  for (;;) {
    const next = nextByTheClock(appointments, guest);
    show(next);
    const woken = await booking.waitFor(
      () => guest.hasCome() || appointments.some((each) => each.hasCome()),
      next.at,
      next.name,
    );
    // Said in the very moment in which the timer fired, it still counts.
    if (guest.hasCome()) return;
    const due = appointments.find((each) => each.hasCome());
    if (woken && due) await due.keep();
    else if (next.appointment) await next.appointment.keep();
    else return;
  }
}

function nextByTheClock(appointments: readonly Appointment[], guest: AwaitedGuest) {
  let next: { name: string; at: number; appointment?: Appointment } = { name: guest.name, at: guest.at() };
  for (const appointment of appointments) {
    const at = appointment.at();
    // In the same moment the appointment comes first: its outcome may be that there is no stay.
    const isBefore = next.appointment ? at !== undefined && at < next.at : at !== undefined && at <= next.at;
    if (at !== undefined && isBefore) next = { name: appointment.name, at, appointment };
  }
  return next;
}
