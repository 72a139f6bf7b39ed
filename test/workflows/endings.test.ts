import type { BookingRequest } from '../../domain/booking';
import type { BookingId, ItemId } from '../../domain/ids';
import { arm, disarm } from '../../platform/failpoint';
import {
  acceptUpdate,
  cancelUpdate,
  providePaymentUpdate,
  recheckAvailabilitySignal,
  rejectUpdate,
} from '../../workflows/messages';
import {
  addItem,
  bookingRequest,
  byOwner,
  bySystem,
  byTraveler,
  type RequestOptions,
} from '../support/bookings';
import { updateRefusal } from '../support/refusals';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';

let world: SagaWorld;
let items = 0;
beforeAll(async () => {
  world = await sagaWorld();
});
afterAll(() => world.close());

async function opened(options: Partial<RequestOptions> = {}) {
  items += 1;
  const itemId = options.itemId ?? (await addItem(world.database, `PROP-END-${items}`));
  const request = bookingRequest({ now: await world.now(), ...options, itemId });
  return { itemId, request, id: request.bookingId, saga: await world.open(request) };
}

async function confirmed(options: Partial<RequestOptions> = {}) {
  const booking = await opened(options);
  await booking.saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
  await world.env.sleep('1m');
  expect((await world.booking(booking.id)).state).toBe('CONFIRMED');
  return booking;
}

/** Everything that must be true of a booking that ended with nothing left behind. */
async function expectClean(id: BookingId, itemId: ItemId, provider: string[]) {
  expect(await world.atProvider(id)).toEqual(provider);
  expect(await world.blockedNights(itemId)).toBe(0);
}

const accept = (saga: SagaHandle) => saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
const cancel = (saga: SagaHandle) => saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });

describe('before anything was done', () => {
  test('the owner rejects, in their own words', async () => {
    const { saga, id, itemId } = await opened();
    const answer = await saga.executeUpdate(rejectUpdate, {
      args: [{ by: byOwner, reason: 'we are painting' }],
    });
    expect(answer).toMatchObject({ state: 'REJECTED', undo: 'none' });
    expect(await saga.result()).toMatchObject({ state: 'REJECTED', undo: 'none' });
    expect(await world.log(id)).toEqual(['booking.opened', 'booking.rejected']);
    expect(await world.booking(id)).toMatchObject({
      reason_code: 'rejected-by-owner',
      reason: 'we are painting',
    });
    await expectClean(id, itemId, []);
  });

  test('the decision window passes', async () => {
    const { saga, id, itemId } = await opened();
    expect(await saga.result()).toMatchObject({ state: 'EXPIRED' });
    expect(await world.booking(id)).toMatchObject({ reason_code: 'decision-window-passed' });
    await expectClean(id, itemId, []);
  });

  test('check-in comes before the window has passed', async () => {
    const now = await world.now();
    items += 1;
    const itemId = await addItem(world.database, `PROP-END-${items}`);
    const request = bookingRequest({ itemId, now });
    const soon: BookingRequest = {
      ...request,
      terms: { ...request.terms, checkInAt: new Date(now + 3_600_000).toISOString() },
    };
    const saga = await world.open(soon);
    expect(await saga.result()).toMatchObject({ state: 'EXPIRED' });
    expect(await world.booking(soon.bookingId)).toMatchObject({ reason_code: 'check-in-passed' });
  });

  test('the traveler cancels a pending request', async () => {
    const { saga, id, itemId } = await opened();
    expect(await cancel(saga)).toMatchObject({ state: 'CANCELLED', undo: 'none' });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'none' });
    await expectClean(id, itemId, []);
  });

  test('the nights are gone while the request waits: declined by SYSTEM, with the nights named', async () => {
    const winner = await confirmed();
    const { saga, id, request } = await opened({ itemId: winner.itemId });
    await saga.signal(recheckAvailabilitySignal);
    expect(await saga.result()).toMatchObject({ state: 'REJECTED', undo: 'none' });
    const row = await world.booking(id);
    expect(row.reason_code).toBe('nights-unavailable');
    expect(row.reason).toContain(request.stay.start);
    expect(await world.atProvider(id)).toEqual([]);
    expect(await world.blockedNights(winner.itemId)).toBe(3);
  });

  test('a nudge while the nights are still free changes nothing', async () => {
    const { saga, id } = await opened();
    await saga.signal(recheckAvailabilitySignal);
    await accept(saga);
    await world.env.sleep('10s');
    expect((await world.booking(id)).state).toBe('CONFIRMED');
  });
});

describe('payment', () => {
  test('declined, then saved by another card within the grace period', async () => {
    const { saga, id } = await opened({ token: 'tok_declined' });
    await accept(saga);
    await world.env.sleep('5m');
    expect(await world.booking(id)).toMatchObject({ state: 'ACCEPTED', payment_status: 'declined' });
    await saga.executeUpdate(providePaymentUpdate, {
      args: [{ by: byTraveler, paymentToken: 'tok_approved' }],
    });
    await world.env.sleep('10s');
    expect(await world.log(id)).toEqual([
      'booking.opened',
      'booking.accepted',
      'payment.declined',
      'payment.authorized',
      'inventory.blocked',
      'booking.confirmed',
    ]);
    expect(await world.atProvider(id)).toEqual(['declined', 'held']);
  });

  test.each(['tok_declined', 'tok_insufficient_funds', 'no-such-token'])(
    '%s and no other card: FAILED after the grace period, nothing to undo',
    async (token) => {
      const { saga, id, itemId } = await opened({ token });
      await accept(saga);
      expect(await saga.result()).toMatchObject({ state: 'FAILED', undo: 'none' });
      expect(await world.booking(id)).toMatchObject({ reason_code: 'payment-declined' });
      await expectClean(id, itemId, ['declined']);
    },
  );

  test('no card at all: the first one given confirms', async () => {
    const { saga, id } = await opened({ token: undefined });
    await accept(saga);
    await world.env.sleep('5h');
    expect((await world.booking(id)).state).toBe('ACCEPTED');
    await saga.executeUpdate(providePaymentUpdate, {
      args: [{ by: byTraveler, paymentToken: 'tok_approved' }],
    });
    await world.env.sleep('10s');
    expect((await world.booking(id)).state).toBe('CONFIRMED');
  });

  test('no card at all: FAILED at the payment deadline', async () => {
    const { saga, id } = await opened({ token: undefined });
    await accept(saga);
    expect(await saga.result()).toMatchObject({ state: 'FAILED', undo: 'none' });
    expect(await world.booking(id)).toMatchObject({ reason_code: 'payment-method-missing' });
  });

  test('the provider is down for a while: the booking waits and goes on, and the attempts are on record', async () => {
    const { id } = await confirmed({ token: 'tok_down' });
    const [row] = await world.database.query<{ attempts: number }>(
      `SELECT attempts FROM booking.booking_events WHERE booking_id = $1 AND type = 'payment.authorized'`,
      [id],
    );
    expect(row?.attempts).toBe(6);
    expect(await world.atProvider(id)).toEqual(['held']);
  });

  test('the answer is lost after the hold was taken: asked again, held once', async () => {
    const { id } = await confirmed({ token: 'tok_answer_lost' });
    expect(await world.atProvider(id)).toEqual(['held']);
  });

  test('the nights are sold before the card is charged: FAILED without a hold', async () => {
    const winner = await confirmed();
    const { saga, id } = await opened({ itemId: winner.itemId });
    await accept(saga);
    expect(await saga.result()).toMatchObject({ state: 'FAILED', undo: 'none' });
    expect(await world.booking(id)).toMatchObject({ reason_code: 'nights-unavailable' });
    expect(await world.atProvider(id)).toEqual([]);
  });

  test('the nights are sold while the card is charged: FAILED, and the hold is voided', async () => {
    const winner = await opened();
    const loser = await opened({ itemId: winner.itemId });
    // The loser's hold is on its way while the winner takes the nights.
    const reached = new Promise<void>((resolve) => {
      arm('authorize.answered', async () => {
        disarm('authorize.answered');
        await accept(winner.saga);
        await expectEventually(async () => (await world.booking(winner.id)).state === 'CONFIRMED');
        resolve();
      });
    });
    await accept(loser.saga);
    await reached;
    expect(await loser.saga.result()).toMatchObject({ state: 'FAILED', undo: 'done' });
    expect(await world.log(loser.id)).toEqual([
      'booking.opened',
      'booking.accepted',
      'payment.authorized',
      'booking.failed',
      'undo.completed void-authorization',
    ]);
    expect(await world.booking(loser.id)).toMatchObject({
      reason_code: 'nights-unavailable',
      payment_status: 'voided',
    });
    expect(await world.atProvider(loser.id)).toEqual(['voided']);
    expect(await world.blockedNights(winner.itemId)).toBe(3);
  });
});

describe('cancel', () => {
  test('after confirmation: the nights first, then the hold', async () => {
    const { saga, id, itemId } = await confirmed();
    expect(await cancel(saga)).toMatchObject({ state: 'CANCELLED', undo: 'running' });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect((await world.log(id)).slice(5)).toEqual([
      'booking.cancelled',
      'undo.completed release-nights',
      'undo.completed void-authorization',
    ]);
    await expectClean(id, itemId, ['voided']);
  });

  test('by the owner after confirmation names the owner', async () => {
    const { saga, id } = await confirmed();
    await saga.executeUpdate(cancelUpdate, { args: [{ by: byOwner, reason: 'the roof is gone' }] });
    await saga.result();
    expect(await world.booking(id)).toMatchObject({
      reason_code: 'cancelled-by-owner',
      reason: 'the roof is gone',
    });
  });

  test('in the Web UI means cancel by SYSTEM', async () => {
    const { saga, id, itemId } = await confirmed();
    await saga.cancel();
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await world.booking(id)).toMatchObject({ reason_code: 'cancelled-by-system' });
    await expectClean(id, itemId, ['voided']);
  });

  test('while the hold is being taken: the attempt ends, nothing further starts, the hold goes back', async () => {
    const { saga, id, itemId } = await opened();
    let cancelled: Promise<unknown> | undefined;
    arm('authorize.answered', async () => {
      disarm('authorize.answered');
      cancelled = cancel(saga);
      await expectEventually(() => updateAccepted(saga, 2));
    });
    await accept(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await cancelled).toMatchObject({ state: 'CANCELLED' });
    expect(await world.log(id)).toEqual([
      'booking.opened',
      'booking.accepted',
      'booking.cancelled',
      'undo.completed void-authorization',
    ]);
    await expectClean(id, itemId, ['voided']);
  });

  test('while the provider is down: lands between two attempts, and the unknown outcome is settled', async () => {
    const { saga, id, itemId } = await opened({ token: 'tok_down' });
    await accept(saga);
    await expectEventually(async () => (await world.atProvider(id)).length === 1);
    expect(await cancel(saga)).toMatchObject({ state: 'CANCELLED', undo: 'running' });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect(await world.log(id)).not.toContain('payment.authorized');
    await expectClean(id, itemId, ['voided']);
  });

  test.each(['inventory.blocked', 'booking.confirmed'] as const)(
    'while %s is being committed: everything done until then is undone',
    async (fact) => {
      const { saga, id, itemId } = await opened();
      let cancelled: Promise<unknown> | undefined;
      arm(`${fact}.committing`, async () => {
        disarm(`${fact}.committing`);
        cancelled = cancel(saga);
      });
      await accept(saga);
      expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
      await cancelled;
      expect((await world.log(id)).slice(-3)).toEqual([
        'booking.cancelled',
        'undo.completed release-nights',
        'undo.completed void-authorization',
      ]);
      await expectClean(id, itemId, ['voided']);
    },
  );

  test('while it waits for another card', async () => {
    const { saga, id, itemId } = await opened({ token: 'tok_declined' });
    await accept(saga);
    await world.env.sleep('1m');
    await cancel(saga);
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'none' });
    await expectClean(id, itemId, ['declined']);
  });

  test('after check-in is refused, also in the Web UI, and the stay goes on', async () => {
    const { saga, id } = await confirmed();
    await world.env.sleep('31 days');
    expect((await world.booking(id)).state).toBe('CHECKED_IN');
    expect(await updateRefusal(cancel(saga))).toMatchObject({ type: 'IllegalTransition' });
    await saga.cancel();
    expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
  });
});

describe('who may speak, and when', () => {
  test('a traveler cannot accept, another owner cannot either, a stranger cannot cancel', async () => {
    const { saga } = await opened();
    const stranger = { role: 'TRAVELER', id: 'traveler-2' } as never;
    const otherOwner = { role: 'OWNER', id: 'owner-2' } as never;
    const refused = { type: 'NotAllowed' };
    expect(
      await updateRefusal(saga.executeUpdate(acceptUpdate, { args: [{ by: byTraveler }] })),
    ).toMatchObject(refused);
    expect(
      await updateRefusal(saga.executeUpdate(acceptUpdate, { args: [{ by: otherOwner }] })),
    ).toMatchObject(refused);
    expect(await updateRefusal(saga.executeUpdate(cancelUpdate, { args: [{ by: stranger }] }))).toMatchObject(
      refused,
    );
    await saga.executeUpdate(cancelUpdate, { args: [{ by: bySystem }] });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED' });
  });

  test('a second accept, and a reject after the accept, are refused', async () => {
    const { saga } = await opened();
    await accept(saga);
    expect(await updateRefusal(accept(saga))).toMatchObject({ type: 'IllegalTransition' });
    const reject = saga.executeUpdate(rejectUpdate, { args: [{ by: byOwner }] });
    expect(await updateRefusal(reject)).toMatchObject({ type: 'IllegalTransition' });
    await cancel(saga);
  });

  test('instant items are accepted without anyone asking', async () => {
    const { id } = await opened({ instant: true });
    await world.env.sleep('10s');
    expect(await world.log(id)).toEqual([
      'booking.opened',
      'booking.accepted',
      'payment.authorized',
      'inventory.blocked',
      'booking.confirmed',
    ]);
  });
});

async function updateAccepted(saga: SagaHandle, count: number): Promise<boolean> {
  const { events } = await saga.fetchHistory();
  return (
    (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length > count
  );
}

/** Polls a condition of the outside world; the test's own time-out is the limit. */
async function expectEventually(isMet: () => Promise<boolean>): Promise<void> {
  while (!(await isMet())) await new Promise((resolve) => setImmediate(resolve));
}
