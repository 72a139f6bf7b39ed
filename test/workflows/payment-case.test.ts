import { GatewayUnreachable, type PaymentGateway } from '../../activities/payment-gateway';
import type { BookingId } from '../../domain/ids';
import type { paymentCase } from '../../workflows';
import { acceptUpdate } from '../../workflows/messages';
import {
  caseOpenedUpdate,
  type DisputeNews,
  disputeNewsSignal,
  PAYMENT_CASE,
  type PaymentCaseRequest,
  paymentCaseIdOf,
} from '../../workflows/payment-case-messages';
import { balanceIn } from '../database/ledger-story';
import { addItem, bookingRequest, byOwner } from '../support/bookings';
import { updateRefusal } from '../support/refusals';
import { type SagaWorld, sagaWorld } from '../support/saga-world';

/** What the provider does to the next refunds instead of refunding. */
const mishaps: ('away' | 'refuses')[] = [];

let world: SagaWorld;
let items = 0;
beforeAll(async () => {
  world = await sagaWorld(
    (real): PaymentGateway => ({
      saveCard: (request) => real.saveCard(request),
      authorize: (request) => real.authorize(request),
      void: (request) => real.void(request),
      capture: (request) => real.capture(request),
      settle: (request) => real.settle(request),
      refund: async (request) => {
        const mishap = mishaps.shift();
        if (mishap === 'away') throw new GatewayUnreachable('no refunds today');
        if (mishap === 'refuses') return { outcome: 'rejected', code: 'too_late' };
        return await real.refund(request);
      },
    }),
  );
});
afterAll(() => world.close());

/** Opens a stay and has it accepted and confirmed. */
async function confirmed() {
  items += 1;
  const itemId = await addItem(world.database, `CASE-${items}`);
  const request = bookingRequest({ itemId, now: await world.now() });
  const saga = await world.open(request);
  await saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
  await world.env.sleep('1m');
  const [hold] = await world.database.query<{ authorization_id: string }>(
    'SELECT authorization_id FROM booking.bookings WHERE id = $1',
    [request.bookingId],
  );
  return { id: request.bookingId, saga, authorizationId: hold?.authorization_id ?? '' };
}

/** A stay of 900.00 USD that was lived, taken and paid out. */
async function lived() {
  const stay = await confirmed();
  await stay.saga.result();
  return stay;
}

const usd = (amount: number) => ({ amount, currency: 'USD' });

async function start(request: PaymentCaseRequest) {
  return await world.client.workflow.start<typeof paymentCase>(PAYMENT_CASE, {
    workflowId: paymentCaseIdOf(request.bookingId, request.caseId),
    taskQueue: 'sagas',
    args: [request],
  });
}

const refundOf = (bookingId: BookingId, caseId: string, amount?: number): PaymentCaseRequest => ({
  ...{ kind: 'refund', bookingId, caseId, by: byOwner },
  ...(amount !== undefined && { amount: usd(amount) }),
});

const caseOf = async (id: BookingId) =>
  await world.database.query<{ case_id: string; status: string; code: string | null }>(
    'SELECT case_id, status, code FROM booking.payment_cases WHERE booking_id = $1 ORDER BY created_at, case_id',
    [id],
  );

async function refundedAtProvider(id: BookingId): Promise<number> {
  const [row] = await world.database.query<{ refunded: number }>(
    'SELECT sum(refunded)::int AS refunded FROM payment_simulator.authorizations WHERE booking_id = $1',
    [id],
  );
  return row?.refunded ?? 0;
}

describe('a refund after the end', () => {
  test('gives part of the price back, told once and booked as owed by the owner', async () => {
    const { id } = await lived();
    const handle = await start(refundOf(id, 'r1', 20_000));
    await handle.executeUpdate(caseOpenedUpdate);
    expect(await handle.result()).toEqual({ outcome: 'done' });
    expect((await world.log(id)).slice(-2)).toEqual(['payment.settled', 'payment.refunded']);
    expect(await balanceIn(world.database, id)).toMatchObject({
      paidIn: 90_000,
      refunded: 20_000,
      ownerOwes: 20_000,
    });
    expect(await refundedAtProvider(id)).toBe(20_000);
    expect(await caseOf(id)).toEqual([{ case_id: 'r1', status: 'done', code: null }]);
    const [row] = await world.database.query(
      `SELECT b.sequence = e.sequence AS follows, e.actor, b.payment_status, b.state
       FROM booking.bookings b JOIN booking.booking_events e ON e.booking_id = b.id AND e.type = 'payment.refunded'
       WHERE b.id = $1`,
      [id],
    );
    expect(row).toEqual({ follows: true, actor: 'OWNER', payment_status: 'settled', state: 'CHECKED_OUT' });
  });

  test('of all there is leaves nothing for another one', async () => {
    const { id } = await lived();
    expect(await (await start(refundOf(id, 'all'))).result()).toEqual({ outcome: 'done' });
    expect(await world.booking(id)).toMatchObject({ payment_status: 'refunded' });
    const more = await start(refundOf(id, 'more', 1));
    expect(await updateRefusal(more.executeUpdate(caseOpenedUpdate))).toMatchObject({
      type: 'AmountUnavailable',
    });
    expect(await more.result()).toEqual({ outcome: 'refused' });
    expect(await refundedAtProvider(id)).toBe(90_000);
  });

  test('two at once cannot give back the same money', async () => {
    const { id } = await lived();
    const handles = await Promise.all([start(refundOf(id, 'a', 60_000)), start(refundOf(id, 'b', 60_000))]);
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused']);
    expect(await refundedAtProvider(id)).toBe(60_000);
  });

  test('goes on while the provider is away, and ends where it refuses for good', async () => {
    const { id } = await lived();
    mishaps.push('away', 'away', 'away');
    expect(await (await start(refundOf(id, 'slow', 10_000))).result()).toEqual({ outcome: 'done' });
    mishaps.push('refuses');
    expect(await (await start(refundOf(id, 'no', 10_000))).result()).toEqual({ outcome: 'refused' });
    expect(await caseOf(id)).toEqual([
      { case_id: 'slow', status: 'done', code: null },
      { case_id: 'no', status: 'refused', code: 'too_late' },
    ]);
    expect(await balanceIn(world.database, id)).toMatchObject({ refunded: 10_000 });
    // What was set aside for it can be given back again.
    expect(await (await start(refundOf(id, 'rest'))).result()).toEqual({ outcome: 'done' });
    expect(await refundedAtProvider(id)).toBe(90_000);
  });

  test('writes nothing while the saga still owns the log', async () => {
    const { id, saga, authorizationId } = await confirmed();
    const handle = await start({
      ...{ kind: 'dispute', bookingId: id, caseId: 'early', authorizationId, amount: usd(90_000) },
    });
    await handle.signal(disputeNewsSignal, { word: 'withdrawn' });
    await world.env.sleep('2 days');
    expect(await world.log(id)).not.toContain('payment.disputed');
    await saga.result();
    await handle.signal(disputeNewsSignal, { word: 'lost' });
    expect(await handle.result()).toEqual({ outcome: 'lost' });
    expect((await world.log(id)).slice(-3)).toEqual([
      'payment.settled',
      'payment.disputed',
      'payment.dispute-lost',
    ]);
  });
});

test('what the provider gave back by itself is booked and not given back again', async () => {
  const { id, authorizationId } = await lived();
  const refund = {
    kind: 'provider-refund',
    bookingId: id,
    caseId: 're_1',
    reference: 're_1',
    authorizationId,
  } as const;
  const handle = await start({ ...refund, amount: usd(5_000) });
  expect(await handle.result()).toEqual({ outcome: 'done' });
  expect(await refundedAtProvider(id)).toBe(0);
  expect(await balanceIn(world.database, id)).toMatchObject({ refunded: 5_000, ownerOwes: 5_000 });
});

test('a refund that the bank sends back is with us again, and off what the owner owes', async () => {
  const { id, authorizationId } = await lived();
  await (await start(refundOf(id, 'gone', 20_000))).result();
  const failed = {
    kind: 'refund-failed',
    bookingId: id,
    caseId: 're_2',
    reference: 're_2',
    authorizationId,
  } as const;
  expect(await (await start({ ...failed, amount: usd(20_000) })).result()).toEqual({ outcome: 'done' });
  expect(await balanceIn(world.database, id)).toMatchObject({
    refunded: 20_000,
    paidIn: 110_000,
    ownerOwes: 0,
  });
});

describe('a dispute', () => {
  const disputed = async () => {
    const stay = await lived();
    const { id: bookingId, authorizationId } = stay;
    const handle = await start({
      ...{ kind: 'dispute', bookingId, caseId: 'dp_1', authorizationId, amount: usd(90_000) },
      ...{ reason: 'fraudulent', evidenceDueBy: '2030-01-01T00:00:00.000Z' },
    });
    return { ...stay, handle };
  };
  const decide = (handle: Awaited<ReturnType<typeof start>>, word: DisputeNews['word']) =>
    handle.signal(disputeNewsSignal, { word });

  test('won brings the money back, however long it takes', async () => {
    const { id, handle } = await disputed();
    await decide(handle, 'withdrawn');
    await world.env.sleep('1m');
    expect(await world.booking(id)).toMatchObject({ payment_status: 'disputed' });
    expect(await balanceIn(world.database, id)).toMatchObject({ disputed: 90_000, ownerOwes: 90_000 });
    await world.env.sleep('75 days');
    await decide(handle, 'won');
    await decide(handle, 'lost');
    expect(await handle.result()).toEqual({ outcome: 'won' });
    expect(await world.booking(id)).toMatchObject({ payment_status: 'settled' });
    expect(await balanceIn(world.database, id)).toMatchObject({ disputed: 0, ownerOwes: 0, refunded: 0 });
    expect(await caseOf(id)).toMatchObject([{ status: 'won' }]);
  });

  test('that never withdrew the money moves none', async () => {
    const { id, handle } = await disputed();
    await decide(handle, 'won');
    expect(await handle.result()).toEqual({ outcome: 'won' });
    expect((await world.log(id)).at(-1)).toBe('payment.settled');
    expect(await caseOf(id)).toMatchObject([{ status: 'won' }]);
  });

  test('lost leaves it with the traveler', async () => {
    const { id, handle } = await disputed();
    await decide(handle, 'lost');
    expect(await handle.result()).toEqual({ outcome: 'lost' });
    expect((await world.log(id)).slice(-2)).toEqual(['payment.disputed', 'payment.dispute-lost']);
    expect(await balanceIn(world.database, id)).toMatchObject({
      disputed: 0,
      refunded: 90_000,
      ownerOwes: 90_000,
    });
    expect(await world.booking(id)).toMatchObject({ payment_status: 'refunded' });
  });
});
