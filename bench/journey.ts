import { randomUUID } from 'node:crypto';
import type { Contender } from './contender';
import { type Call, NotAnswered, sendJson } from './http';
import type { Wishes } from './stays';

const MOST_REPEATS = 5;

/** One booking from its create call to CONFIRMED; milliseconds. */
export interface Journey {
  readonly bookingId: string;
  /** Until the create call was answered: PENDING is committed. */
  readonly createMs: number;
  /** Until CONFIRMED was committed. The owner accepts as soon as the create call is answered. */
  readonly journeyMs: number;
  /** Calls that were answered 503 and repeated under their key, as the product's answer asks for. */
  readonly repeats: number;
}

export async function makeJourney(contender: Contender, wishes: Wishes): Promise<Journey> {
  const { token, body } = wishes.next();
  const begun = performance.now();
  const created = await send({ method: 'POST', url: `${contender.url}/api/bookings`, token, body });
  const createMs = performance.now() - begun;
  const bookingId = idOf(created.answer);
  const accept = `${contender.url}/api/bookings/${bookingId}/accept`;
  const [confirmedAt, accepted] = await Promise.all([
    contender.confirmations.of(bookingId),
    send({ method: 'PUT', url: accept, token: wishes.ownerToken, body: {} }),
  ]);
  return {
    bookingId,
    createMs,
    journeyMs: confirmedAt - begun,
    repeats: created.repeats + accepted.repeats,
  };
}

/** An overloaded product answers 503 after five seconds; a good client repeats, and the time goes on. */
async function send(call: Omit<Call, 'key'>): Promise<{ answer: unknown; repeats: number }> {
  const key = randomUUID();
  for (let repeats = 0; ; repeats += 1) {
    try {
      return { answer: await sendJson({ ...call, key }), repeats };
    } catch (error) {
      if (!(error instanceof NotAnswered) || error.status !== 503 || repeats === MOST_REPEATS) throw error;
    }
  }
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
