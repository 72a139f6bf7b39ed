import type { BookingId } from '../../domain/ids';
import { type ApiWorld, apiWorld } from './support/api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
});
afterAll(() => world.close());

const OWNER = 'owner:owner-1';
const usd = (amount: number) => ({ amount, currency: 'USD' });
let travelers = 0;
let ann = '';
let id = '' as BookingId;
let hold = '';

/** A confirmed stay of 900.00 USD with a hold on it. */
beforeEach(async () => {
  ann = `traveler:p${++travelers}`;
  hold = `auth_${travelers}`;
  const body = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };
  id = (await world.call('POST', '/api/bookings', { as: ann, body })).json.booking.id;
  await commit('booking.accepted');
  await commit('payment.authorized', { amount: usd(90_000), reference: hold, authorizationId: hold });
  await commit('booking.confirmed');
});

const system = { role: 'SYSTEM', id: 'saga' } as const;
const commit = (type: Parameters<typeof world.saga.commit>[1], details = {}) =>
  world.saga.commit(id, type, system, undefined, { details });
const post = (verb: string, body: unknown, as = OWNER, more: { key?: string; id?: string } = {}) =>
  world.call('POST', `/api/payments/${more.id ?? id}/${verb}`, { as, body, ...more });
const read = (as = OWNER) => world.call('GET', `/api/payments/${id}`, { as });

/** Lives the stay to its end: taken, paid out, saga closed. */
async function settle() {
  await commit('booking.checked-in');
  await commit('payment.captured', { amount: usd(90_000), authorizationId: hold });
  await commit('booking.checked-out');
  await commit('payment.settled', {
    amount: usd(81_000),
    commission: usd(9_000),
    reference: 'p',
    ownerId: 'owner-1',
  });
  world.saga.close(id);
}

describe('the money of a booking', () => {
  test('is read by its traveler, its owner and administrators, under any of its names', async () => {
    for (const as of [ann, OWNER, 'admin:root']) {
      expect((await read(as)).json.data).toMatchObject({
        bookingId: id,
        held: 900,
        captured: 0,
        refundable: 0,
      });
    }
    const byHold = await world.call('GET', `/api/payments/${hold}`, { as: ann });
    expect(byHold.json.data).toMatchObject({
      bookingId: id,
      authorizations: [{ authorizationId: hold, held: 900 }],
    });
  });

  test('does not exist for strangers, whatever they call it', async () => {
    for (const name of [id, hold, 'nothing', '%00'])
      expect((await world.call('GET', `/api/payments/${name}`, { as: 'traveler:eve' })).status).toBe(404);
  });

  test('is told line by line', async () => {
    await settle();
    const { data } = (await read()).json;
    expect(data).toMatchObject({ captured: 900, paidOut: 810, commission: 90, withUs: 0, refundable: 900 });
    expect(
      data.ledger.map(({ account, amount }: { account: string; amount: number }) => [account, amount]),
    ).toEqual([
      ['guest', -900],
      ['clearing', 900],
      ['clearing', -900],
      ['owner', 810],
      ['house', 90],
    ]);
  });
});

describe('taking what is held', () => {
  test('is told to the saga, part or whole, and is not the traveler’s affair', async () => {
    expect((await post('capture', {}, ann)).json).toMatchObject({ status: 403, code: 'forbidden' });
    const reply = await post('capture', { amount: 250.5, status: 'paid' });
    expect(reply.json).toMatchObject({ success: true, data: { captured: 250.5, held: 649.5 } });
    expect(world.saga.said.at(-1)).toMatchObject({
      method: 'capturePayment',
      message: { by: { role: 'OWNER', id: 'owner-1' }, amount: usd(25_050) },
    });
    expect((await post('capture', {}, 'admin:root')).json.data).toMatchObject({ captured: 900, held: 0 });
    expect(world.saga.said.at(-1)?.message).not.toHaveProperty('amount');
  });

  test('of more than is held says how much is', async () => {
    const reply = await post('capture', { amount: 900.01 });
    expect(reply.json).toMatchObject({
      status: 409,
      code: 'amount-unavailable',
      held: 900,
      captured: 0,
      refundable: 0,
    });
    expect(reply.json.detail).toMatch('900.00 USD');
  });

  test.each([[0], [-1], ['10'], [1.234], [1e13]])(
    'of %p is refused by the name of its field',
    async (amount) => {
      expect((await post('capture', { amount })).json).toMatchObject({
        status: 400,
        errors: [{ field: 'amount' }],
      });
    },
  );

  test('is no more possible once the booking is over', async () => {
    await settle();
    expect((await post('capture', {})).json).toMatchObject({
      code: 'amount-unavailable',
      state: 'CHECKED_OUT',
      held: 0,
    });
  });
});

describe('giving money back', () => {
  test('is told to the saga while it lives', async () => {
    await post('capture', {});
    const reply = await post('refund', { amount: 100, reason: 'The heating failed' }, OWNER, { id: hold });
    expect(reply.json.data).toMatchObject({ refunded: 100, refundable: 800, withUs: 800 });
    expect(world.saga.said.at(-1)).toMatchObject({
      method: 'refundPayment',
      message: { amount: usd(10_000), reason: 'The heating failed' },
    });
  });

  test('is a case of its own once the saga is over', async () => {
    await settle();
    const reply = await post('refund', { amount: 100 }, 'admin:root');
    expect(reply.json.data).toMatchObject({
      refunded: 100,
      ownerOwes: 100,
      refundable: 800,
      status: 'settled',
    });
    expect(reply.json.data.refunds).toMatchObject([{ kind: 'refund', status: 'done', amount: 100 }]);
    expect((await post('refund', {})).json.data).toMatchObject({
      refunded: 900,
      refundable: 0,
      status: 'refunded',
    });
    expect((await post('refund', {})).json).toMatchObject({
      code: 'amount-unavailable',
      refunded: 900,
      refundable: 0,
    });
  });

  test('happens once under its key, in both of its ways', async () => {
    await post('capture', {});
    const first = await post('refund', { amount: 100 }, OWNER, { key: `k-${id}` });
    const again = await post('refund', { amount: 100 }, OWNER, { key: `k-${id}` });
    expect(again.json).toEqual(first.json);
    expect((await post('refund', { amount: 200 }, OWNER, { key: `k-${id}` })).json.code).toBe(
      'idempotency-key-reused',
    );

    world.saga.loseNextAnswer();
    expect((await post('refund', { amount: 50 }, OWNER, { key: `l-${id}` })).json.code).toBe(
      'outcome-unknown',
    );
    // The saga took it and then closed: the repeat must not open a case for the same money.
    world.saga.close(id);
    expect((await post('refund', { amount: 50 }, OWNER, { key: `l-${id}` })).json.data).toMatchObject({
      refunded: 150,
    });
    expect(world.saga.said.at(-1)?.method).toBe('refundPayment');
  });

  test('sets money aside, so that an open refund is not given back twice', async () => {
    await settle();
    const parts = JSON.stringify([{ authorizationId: hold, amount: 60_000 }]);
    await world.database.query(
      `INSERT INTO booking.payment_cases (booking_id, case_id, kind, parts, amount, currency, opened_by, created_at)
       VALUES ($1, 'open', 'refund', $2, 60000, 'USD', 'o', now())`,
      [id, parts],
    );
    expect((await post('refund', { amount: 300.01 })).json).toMatchObject({
      code: 'amount-unavailable',
      refundable: 300,
    });
    expect((await post('refund', { amount: 300 })).status).toBe(200);
  });

  test('passes the saga’s own refusal on', async () => {
    await post('capture', {});
    world.saga.answerNext({
      outcome: 'refused',
      refusal: 'AmountUnavailable',
      message: '5.00 USD can be given back',
    });
    expect((await post('refund', {})).json).toMatchObject({
      status: 409,
      code: 'amount-unavailable',
      refundable: 900,
    });
    world.saga.answerNext({ outcome: 'unsent' });
    expect((await post('refund', {})).json).toMatchObject({ status: 503, code: 'unavailable' });
  });
});
