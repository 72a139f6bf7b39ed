import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type Agreement, toldAgreement } from '../../domain/agreement';
import type { BookingRequest } from '../../domain/booking';
import type { BookingId, ItemId } from '../../domain/ids';
import { type PaymentPolicy, paymentPlan } from '../../domain/payment-policy';
import { addDays, countNights } from '../../domain/stay-dates';
import {
  acceptUpdate,
  cancelUpdate,
  capturePaymentUpdate,
  changeUpdate,
  checkInUpdate,
  checkOutUpdate,
  providePaymentUpdate,
  REFUSALS,
  type Refusal,
  refundPaymentUpdate,
  rejectUpdate,
} from '../../workflows/messages';
import { addRoom, byOwner, byTraveler, hotelRequest, OWNER } from './bookings';
import type { Command, Opening, Pause, Wish } from './play-script';
import type { SagaHandle, SagaWorld } from './saga-world';
import { whileSpeaking } from './slow-provider';
import { within } from './within';

export interface Played {
  readonly id: BookingId;
  readonly saga: SagaHandle;
  readonly request: BookingRequest;
  readonly policy: PaymentPolicy | undefined;
  /** What stands agreed, as far as the guest was told. */
  agreed: Agreement;
  /** Whether money was moved by order, so that it is not simply the price that is kept. */
  wasOrdered: boolean;
  /** What is being said to it now, and whether more than one thing was at once. */
  speakers: number;
  isCrowded: boolean;
  /**
   * Whether a change may have been answered with what became of another update: where several come with one workflow
   * task and the validator refuses one of them, Temporal's test server mixes their answers up.
   */
  mayBeMistold: boolean;
}

const NIGHTLY = { STD: 12_000, SUITE: 32_000 } as const;
/** An update is answered within moments or never; real time, on a busy machine. */
const ANSWER_MS = 15_000;
/** A saga whose time skips ends within seconds. */
const END_MS = 40_000;

let plays = 0;
let orders = 0;

/** One hotel with a few rooms of two types, and the bookings made there. */
export class HotelPlay {
  readonly bookings: Played[] = [];
  private readonly hotel = `ORDER-${++plays}`;

  constructor(private readonly world: SagaWorld) {}

  async build(capacity: Readonly<Record<Opening['room'], number>>): Promise<void> {
    await addRoom(this.world.database, this.itemId('STD'), capacity.STD);
    await addRoom(this.world.database, this.itemId('SUITE'), capacity.SUITE);
  }

  itemId(room: Opening['room']): ItemId {
    return `${this.hotel}:${room}` as ItemId;
  }

  async open({ room, policy, stay, commissionBasisPoints, ...options }: Opening): Promise<Played> {
    const now = await this.world.now();
    const plain = hotelRequest({ now, itemId: this.itemId(room), ...options });
    const agreed = agreement(plain, { itemId: plain.itemId, nightly: NIGHTLY[room], policy });
    const request: BookingRequest = {
      ...plain,
      ...agreed,
      terms: { ...agreed.terms, stay, ...(commissionBasisPoints !== undefined && { commissionBasisPoints }) },
    };
    const saga = await within(ANSWER_MS, this.world.open(request), `opening ${request.bookingId}`);
    const played: Played = {
      ...{ id: request.bookingId, saga, request, policy, agreed: request, wasOrdered: false },
      ...{ speakers: 0, isCrowded: false, mayBeMistold: false },
    };
    this.bookings.push(played);
    return played;
  }

  /**
   * Does what was said. Answers the refusal's type where it was refused, and undefined where it was done.
   * @throws {Error} where there is no answer in time, or one that is no definite refusal
   */
  async act(which: number, command: Command): Promise<Refusal | 'Over' | undefined> {
    const booking = this.bookings[which % this.bookings.length];
    if (!booking) throw new Error('a play has bookings');
    booking.speakers += 1;
    booking.isCrowded ||= booking.speakers > 1;
    try {
      await whileSpeaking(() =>
        within(ANSWER_MS, this.said(booking, command), `${JSON.stringify(command)} to ${booking.id}`),
      );
      return undefined;
    } catch (error) {
      return refusalIn(error);
    } finally {
      if (command.say === 'change' && booking.isCrowded) booking.mayBeMistold = true;
      booking.speakers -= 1;
      if (booking.speakers === 0) booking.isCrowded = false;
    }
  }

  /** Lets time pass: so long, or until the next guest may come. */
  async rest(pause: Pause): Promise<void> {
    await this.untilQuiet();
    const length = pause === 'arrival' ? await this.untilArrival() : pause;
    await within(END_MS, this.world.env.sleep(length), `the passing of ${length}`);
  }

  /** Lets activities end before time skips, where they end soon. */
  private async untilQuiet(): Promise<void> {
    const limit = performance.now() + QUIET_MS;
    for (const { saga } of this.bookings) {
      while (performance.now() < limit) {
        const { raw } = await saga.describe();
        if (!raw.pendingActivities?.length) break;
      }
    }
  }

  private async untilArrival(): Promise<number> {
    const now = await this.world.now();
    const arrivals = this.bookings.map(({ agreed }) => Date.parse(agreed.terms.checkInFrom ?? '') - now);
    const toCome = arrivals.filter((left) => left > 0);
    return toCome.length > 0 ? Math.min(...toCome) + MINUTE : MINUTE;
  }

  /**
   * Whether the play is stuck by the test server's doing. It drops a task, and what was said in it, that cancels an
   * activity which ended in that very moment, as a real server does not; and while time skips it may skip past the
   * timeout of every attempt of an activity. A task that the saga itself failed is no such thing.
   */
  async isStuckByServer(): Promise<boolean> {
    let isStuck = false;
    for (const { saga } of this.bookings) {
      const { events } = await saga.fetchHistory();
      if (events?.some((event) => event.workflowTaskFailedEventAttributes)) return false;
      const { raw } = await saga.describe();
      isStuck ||=
        events?.some((event) => event.workflowTaskTimedOutEventAttributes) ||
        raw.pendingActivities?.some(({ lastFailure }) => lastFailure?.timeoutFailureInfo) ||
        false;
    }
    return isStuck;
  }

  /** Leaves nothing running. */
  async abandon(): Promise<void> {
    for (const { saga } of this.bookings)
      await saga.terminate('the play was given up').catch(() => undefined);
  }

  /** Lets every saga run to its end. A saga that fails is a defect, and fails this. */
  async finish(): Promise<void> {
    for (const { id, saga } of this.bookings) await within(END_MS, saga.result(), `the end of ${id}`);
  }

  private async said(booking: Played, command: Command): Promise<unknown> {
    const { saga } = booking;
    const byTheOwner = { args: [{ by: byOwner }] } as const;
    switch (command.say) {
      case 'accept':
        return await saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
      case 'reject':
        return await saga.executeUpdate(rejectUpdate, { args: [{ by: byOwner }] });
      case 'check-in':
        return await saga.executeUpdate(checkInUpdate, { args: [...byTheOwner.args] });
      case 'check-out':
        return await saga.executeUpdate(checkOutUpdate, { args: [...byTheOwner.args] });
      case 'cancel':
        return await saga.executeUpdate(cancelUpdate, {
          args: [{ by: command.by === 'owner' ? byOwner : byTraveler }],
        });
      case 'pay':
        return await saga.executeUpdate(providePaymentUpdate, {
          args: [{ by: byTraveler, paymentToken: command.token }],
        });
      case 'capture':
      case 'refund':
        return await this.moveMoney(booking, command.say, command.percent);
      case 'change':
        return await this.change(booking, command.wish);
      case 'close':
      case 'open-dates':
        return await this.setDates(booking, command.say === 'close' ? 'close_nights' : 'open_nights');
      case 'rival':
        return await this.rival(booking);
    }
  }

  private async moveMoney(booking: Played, say: 'capture' | 'refund', percent: number): Promise<void> {
    orders += 1;
    const { amount, currency } = booking.agreed.price;
    const order = {
      by: byOwner,
      requestId: `order-${orders}`,
      amount: { amount: Math.ceil((amount * percent) / 100), currency },
    };
    await booking.saga.executeUpdate(say === 'capture' ? capturePaymentUpdate : refundPaymentUpdate, {
      args: [order],
    });
    booking.wasOrdered = true;
  }

  private async change(booking: Played, { room, ...wish }: Wish): Promise<void> {
    orders += 1;
    const from = booking.agreed;
    const itemId = room ? this.itemId(room) : from.itemId;
    const nightly = NIGHTLY[itemId.endsWith('SUITE') ? 'SUITE' : 'STD'];
    // As the API: never into the past.
    const today = Math.floor((await this.world.now()) / DAY) * DAY;
    const earliest = Math.ceil((today - Date.parse(from.stay.start)) / DAY);
    const daysLater = Math.max(wish.daysLater ?? 0, earliest);
    const to = agreement(from, { ...wish, daysLater, itemId, nightly, policy: booking.policy });
    const changeId = `change-${orders}`;
    await booking.saga.executeUpdate(changeUpdate, {
      updateId: changeId,
      args: [{ by: byTraveler, changeId, from: toldAgreement(from), to }],
    });
    booking.agreed = to;
  }

  /** What is sold is not closed: then nothing is. */
  private async setDates({ agreed }: Played, how: 'close_nights' | 'open_nights'): Promise<void> {
    await this.world.database.query(`SELECT booking.${how}($1, $2, $3, $4)`, [
      agreed.itemId,
      agreed.stay.start,
      agreed.stay.end,
      OWNER,
    ]);
  }

  private async rival({ agreed: { itemId, stay } }: Played): Promise<void> {
    const now = await this.world.now();
    const daysAhead = Math.round((Date.parse(stay.start) - Math.floor(now / DAY) * DAY) / DAY);
    if (daysAhead < 0 || this.bookings.length >= MOST_BOOKINGS) return;
    await this.open({
      ...{ room: itemId.endsWith('SUITE') ? 'SUITE' : 'STD', daysAhead, nights: countNights(stay) },
      ...{ instant: true, token: 'tok_approved', stay: 'by-owner' },
    });
  }
}

const QUIET_MS = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const MOST_BOOKINGS = 5;

interface Terms extends Omit<Wish, 'room'> {
  readonly itemId: ItemId;
  readonly nightly: number;
  readonly policy: PaymentPolicy | undefined;
}

/** What a wish comes to, as the API works it out. */
function agreement(from: Agreement, wish: Terms): Agreement {
  const { daysLater = 0, nights = countNights(from.stay), guests = from.guests, itemId, policy } = wish;
  const start = addDays(from.stay.start, daysLater);
  const end = addDays(start, nights);
  const price = { amount: wish.nightly * nights, currency: 'USD' };
  return {
    ...{ itemId, itemName: itemId, stay: { start, end }, guests, quantity: 1, price },
    terms: {
      ...from.terms,
      checkInFrom: `${addDays(start, -1)}T23:00:00.000Z`,
      checkInAt: `${start}T14:00:00.000Z`,
      checkOutAt: `${end}T10:00:00.000Z`,
      noShowAt: `${addDays(start, 1)}T05:00:00.000Z`,
      ...(policy && { payment: paymentPlan(policy, price, start, (day) => `${day}T00:00:00.000Z`) }),
    },
  };
}

/** @throws what is no definite refusal */
function refusalIn(error: unknown): Refusal | 'Over' {
  if (error instanceof WorkflowNotFoundError) return 'Over';
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const type = REFUSALS.find((each) => each === (error.cause as ApplicationFailure).type);
    if (type) return type;
  }
  throw error;
}
