import { randomUUID } from 'node:crypto';
import type { Contender } from './contender';
import { type Call, NotAnswered, sendJson } from './http';
import type { Sale, Wishes } from './stays';

const MOST_REPEATS = 5;

/** One booking from its create call to CONFIRMED; milliseconds. */
export interface Journey {
  readonly bookingId: string;
  /** Until the create call was answered: PENDING is committed. */
  readonly createMs: number;
  /** Until CONFIRMED was committed. Where the owner is asked, they accept as soon as the create call is answered. */
  readonly journeyMs: number;
  /** Calls that were answered 503 and repeated under their key, as the product's answer asks for. */
  readonly repeats: number;
}

export async function makeJourney(contender: Contender, wishes: Wishes, sale: Sale): Promise<Journey> {
  const { token, body } = wishes.next(sale);
  const begun = performance.now();
  const created = await send({ method: 'POST', url: `${contender.url}/api/bookings`, token, body });
  const createMs = performance.now() - begun;
  const bookingId = idOf(created.answer);
  const acceptance = {
    method: 'PUT',
    url: `${contender.url}/api/bookings/${bookingId}/accept`,
    token: wishes.ownerToken,
    body: {},
  } as const;
  const [confirmedAt, accepted] = await Promise.all([
    contender.confirmations.of(bookingId),
    sale === 'instant' ? undefined : send(acceptance),
  ]);
  return {
    bookingId,
    createMs,
    journeyMs: confirmedAt - begun,
    repeats: created.repeats + (accepted?.repeats ?? 0),
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

/** How many journeys are made, and how many of them are under way at any time. */
export interface Load {
  readonly count: number;
  readonly atOnce: number;
  readonly sale: Sale;
}

export async function makeJourneys(
  contender: Contender,
  wishes: Wishes,
  { count, atOnce, sale }: Load,
): Promise<Journey[]> {
  const journeys: Journey[] = [];
  let left = count;
  const travel = async () => {
    while (left > 0) {
      left -= 1;
      journeys.push(await makeJourney(contender, wishes, sale));
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
