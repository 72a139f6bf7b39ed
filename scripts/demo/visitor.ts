import type { Config } from '../../platform/config';
import { signToken, type TokenSubject } from '../token';

/** What the demo reads of a booking in the API's answers. */
export interface ShownBooking {
  readonly id: string;
  readonly state: string;
  readonly undo: string;
  readonly reason: string | null;
  readonly paymentStatus: string;
}

export interface TimelineEntry {
  readonly sequence: number;
  readonly type: string;
  readonly state: string;
  readonly undo: string;
  readonly reason: string | null;
  readonly details: { readonly step?: string };
}

/** An answer that the story did not expect. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** Someone who speaks to the running product over HTTP, as any front end would. */
export class Visitor {
  private token: Promise<string> | undefined;

  constructor(
    private readonly config: Config,
    private readonly subject: Pick<TokenSubject, 'role' | 'sub'>,
  ) {}

  get sub(): string {
    return this.subject.sub;
  }

  /** @throws {UnexpectedAnswer} where the status is not among `accepted`. */
  async call(
    method: string,
    path: string,
    body?: object,
    accepted = [200, 201],
  ): Promise<{ status: number; body: unknown }> {
    this.token ??= signToken({ ...this.subject, ttl: '1h' }, this.config);
    const response = await fetch(`http://127.0.0.1:${this.config.PORT}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!accepted.includes(response.status)) {
      throw new UnexpectedAnswer(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    }
    return { status: response.status, body: answer };
  }

  async book(request: object): Promise<ShownBooking> {
    return ((await this.call('POST', '/api/bookings', request)).body as { booking: ShownBooking }).booking;
  }

  /** Buys of the travel shop and waits for the outcome. */
  async buy(purchase: object): Promise<{ booking: ShownBooking; billId: string }> {
    const { body } = await this.call('POST', '/api/billing', purchase, [201, 202]);
    const { id, bookingId } = body as { id: string; bookingId: string };
    return { booking: await this.booking(bookingId), billId: id };
  }

  /** Reserves a room of a hotel. */
  async reserve(request: object): Promise<{ booking: ShownBooking; confirmationNumber: string }> {
    const { body } = await this.call('POST', '/api/reservations', request);
    const { id, confirmationNumber } = (body as { data: { id: string; confirmationNumber: string } }).data;
    return { booking: await this.booking(id), confirmationNumber };
  }

  async booking(id: string): Promise<ShownBooking> {
    return ((await this.call('GET', `/api/bookings/${id}`)).body as { booking: ShownBooking }).booking;
  }

  async timeline(id: string): Promise<TimelineEntry[]> {
    const { body } = await this.call('GET', `/api/bookings/${id}/timeline`);
    return (body as { timeline: TimelineEntry[] }).timeline;
  }
}
