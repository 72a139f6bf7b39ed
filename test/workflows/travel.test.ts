import { billingIdOf } from '../../domain/ids';
import { arm, disarm } from '../../platform/failpoint';
import { cancelUpdate } from '../../workflows/messages';
import { addItem, byTraveler, type RequestOptions, travelRequest } from '../support/bookings';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';

let world: SagaWorld;
let items = 0;
beforeAll(async () => {
  world = await sagaWorld();
});
afterAll(() => world.close());

async function opened(options: Partial<RequestOptions> = {}, quantity = 1, capacity = 20) {
  items += 1;
  const itemId = options.itemId ?? (await addItem(world.database, `FLIGHT-${items}`, capacity));
  const request = { ...travelRequest({ now: await world.now(), nights: 1, ...options, itemId }), quantity };
  return { itemId, request, id: request.bookingId, saga: await world.open(request) };
}

async function bill(id: string) {
  const [row] = await world.database.query<{ status: string; invoice_number: string | null }>(
    'SELECT status, invoice_number FROM booking.billing_records WHERE booking_id = $1',
    [id],
  );
  return row;
}

const cancel = (saga: SagaHandle) => saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });

test('a flight is paid before it is confirmed, and its invoice is numbered then', async () => {
  const { id, request } = await opened({}, 2);
  await world.env.sleep('1m');
  expect(await world.log(id)).toEqual([
    'booking.opened',
    'booking.accepted',
    'payment.authorized',
    'inventory.blocked',
    'payment.captured',
    'booking.confirmed',
  ]);
  expect(await world.atProvider(id)).toEqual(['captured']);
  expect(await bill(id)).toEqual({
    status: 'paid',
    invoice_number: expect.stringMatching(/^INV-owner-1-\d{6}$/),
  });
  expect(request.billingId).toBe(billingIdOf(id));
  expect(await world.blockedNights(request.itemId)).toBe(2);
});

test('declined: FAILED at once, no invoice number', async () => {
  const { id, saga } = await opened({ token: 'tok_declined' });
  expect(await saga.result()).toMatchObject({ state: 'FAILED', undo: 'none' });
  expect(await bill(id)).toEqual({ status: 'failed', invoice_number: null });
  expect(await world.booking(id)).toMatchObject({ reason_code: 'payment-declined' });
});

test('cancelled after it was paid: refunded in full, the seats are back, the bill says so', async () => {
  const { id, saga, itemId } = await opened();
  await world.env.sleep('1m');
  await cancel(saga);
  expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
  expect((await world.log(id)).slice(6)).toEqual([
    'booking.cancelled',
    'undo.completed refund-payment',
    'undo.completed release-nights',
  ]);
  const [money] = await world.database.query(
    'SELECT captured, refunded FROM payment_simulator.authorizations WHERE booking_id = $1',
    [id],
  );
  expect(money).toEqual({ captured: 30_000, refunded: 30_000 });
  expect(await world.blockedNights(itemId)).toBe(0);
  expect(await bill(id)).toMatchObject({ status: 'refunded' });
});

test('cancelled while the money is being taken: what was taken goes back, and nothing is voided twice', async () => {
  const { id, saga, itemId } = await opened();
  arm('payment.captured.committing', async () => {
    disarm('payment.captured.committing');
    void cancel(saga);
  });
  const result = await saga.result();
  expect(result).toMatchObject({ undo: 'done' });
  expect(await world.blockedNights(itemId)).toBe(0);
  const [money] = await world.database.query<{ captured: number; refunded: number }>(
    'SELECT captured, refunded FROM payment_simulator.authorizations WHERE booking_id = $1',
    [id],
  );
  expect(money?.refunded).toBe(money?.captured);
});

test('the numbers of an owner have no gaps, whoever fails in between', async () => {
  const before = await lastNumber();
  const bookings = await Promise.all([
    opened(),
    opened({ token: 'tok_declined' }),
    opened(),
    opened({ token: 'tok_declined' }),
    opened(),
  ]);
  await world.env.sleep('1m');
  const numbers = (await Promise.all(bookings.map(({ id }) => bill(id))))
    .flatMap((row) => row?.invoice_number ?? [])
    .sort();
  expect(numbers).toEqual([1, 2, 3].map((step) => `INV-owner-1-${String(before + step).padStart(6, '0')}`));
});

async function lastNumber(): Promise<number> {
  const rows = await world.database.query<{ last: number }>(
    `SELECT last FROM booking.invoice_counters WHERE owner_id = 'owner-1'`,
  );
  return rows[0]?.last ?? 0;
}
