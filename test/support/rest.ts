import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { BillingView } from '../../api/billing/schemas';
import type { BookingView, timelineEntrySchema } from '../../api/bookings/schemas';
import type { ReservationView } from '../../api/reservations/schemas';
import type { Config } from '../../platform/config';
import { signToken } from '../../scripts/token';

/** Whom a call is made for: role and id. */
export type Who = `${'traveler' | 'owner' | 'admin'}:${string}`;

export type TimelineEntry = z.output<typeof timelineEntrySchema>;

/** What an answer's JSON may hold: bookings in the envelope of their route, or a problem. */
export interface AnswerBody {
  readonly message?: string;
  readonly success?: boolean;
  readonly booking?: BookingView;
  readonly data?: BookingView;
  readonly timeline?: readonly TimelineEntry[];
  readonly code?: string;
  readonly bookingId?: string;
  readonly billing?: BillingView;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One caller of the REST API. */
export class RestCaller {
  constructor(
    private readonly base: string,
    private readonly who: Who,
    private readonly config: Config,
  ) {}

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  post(path: string, body: object, key?: string): Promise<Answer> {
    return this.send('POST', path, body, key);
  }

  put(path: string, body: object = {}, key?: string): Promise<Answer> {
    return this.send('PUT', path, body, key);
  }

  delete(path: string, body: object = {}, key?: string): Promise<Answer> {
    return this.send('DELETE', path, body, key);
  }

  private async send(method: Method, path: string, body?: object, key?: string): Promise<Answer> {
    const [role, sub = ''] = this.who.split(':') as ['traveler' | 'owner' | 'admin', string];
    const response = await fetch(this.base + path, {
      method,
      headers: {
        authorization: `Bearer ${await signToken({ role, sub, ttl: '1h' }, this.config)}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as AnswerBody,
    };
  }
}

/** The booking in an answer. Fails, showing the answer, where there is none. */
export function bookingIn({ status, body }: Answer): BookingView {
  const booking = body.booking ?? body.data;
  if (!booking) throw new Error(`no booking in the answer: ${status} ${JSON.stringify(body)}`);
  return booking;
}

/** The bill in an answer: the whole of it, or within a problem. Fails, showing the answer, where there is none. */
export function billIn({ status, body }: Answer): BillingView {
  const bill = body.billing ?? body;
  if (!('billingId' in bill)) throw new Error(`no bill in the answer: ${status} ${JSON.stringify(body)}`);
  return bill as BillingView;
}

/** The reservation in an answer. Fails, showing the answer, where there is none. */
export function reservationIn({ status, body }: Answer): ReservationView {
  const { data } = body as { readonly data?: ReservationView };
  if (!data?.confirmationNumber) throw new Error(`no reservation: ${status} ${JSON.stringify(body)}`);
  return data;
}

/**
 * Repeats a call, which must carry an Idempotency-Key, as a client should: while no answer comes, or one that says
 * that the outcome is unknown or the request in flight; and as late as Retry-After says.
 */
export async function insist(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await call().catch(lostConnection);
    if (answer && answer.status !== 503 && answer.body.code !== 'request-in-flight') return answer;
    await sleep(1000 * Number(answer?.headers.get('retry-after') ?? 1));
  }
}

/** A server may close an idle connection just as the next request is on its way. */
function lostConnection(error: unknown): undefined {
  if (error instanceof TypeError && error.message === 'fetch failed') return undefined;
  throw error;
}
