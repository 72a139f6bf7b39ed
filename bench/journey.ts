import type { Contender } from './contender';
import { sendJson } from './http';
import type { Wishes } from './stays';

/** One booking from its create call to CONFIRMED; milliseconds. */
export interface Journey {
  readonly bookingId: string;
  /** Until the create call was answered: PENDING is committed. */
  readonly createMs: number;
  /** Until CONFIRMED was committed. The owner accepts as soon as the create call is answered. */
  readonly journeyMs: number;
}

export async function makeJourney(contender: Contender, wishes: Wishes): Promise<Journey> {
  const { token, body } = wishes.next();
  const begun = performance.now();
  const created = await sendJson('POST', `${contender.url}/api/bookings`, token, body);
  const createMs = performance.now() - begun;
  const bookingId = idOf(created);
  const confirmed = contender.confirmations.of(bookingId);
  const [confirmedAt] = await Promise.all([
    confirmed,
    sendJson('PUT', `${contender.url}/api/bookings/${bookingId}/accept`, wishes.ownerToken, {}),
  ]);
  return { bookingId, createMs, journeyMs: confirmedAt - begun };
}

/** `count` journeys, `atOnce` of them under way at any time. */
export async function makeJourneys(
  contender: Contender,
  wishes: Wishes,
  count: number,
  atOnce: number,
): Promise<Journey[]> {
  const journeys: Journey[] = [];
  let left = count;
  const travel = async () => {
    while (left > 0) {
      left -= 1;
      journeys.push(await makeJourney(contender, wishes));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, travel));
  return journeys;
}

function idOf(answer: unknown): string {
  const { booking } = answer as { booking?: { id?: string } };
  if (!booking?.id)
    throw new Error(`The create call was answered without a booking: ${JSON.stringify(answer)}`);
  return booking.id;
}
