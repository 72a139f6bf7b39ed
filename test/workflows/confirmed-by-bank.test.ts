import type { BookingId } from '../../domain/ids';
import { paymentPlan } from '../../domain/payment-policy';
import { providePaymentUpdate, providerNewsSignal } from '../../workflows/messages';
import { addItem, bookingRequest, byTraveler, travelRequest } from '../support/bookings';
import { type SagaWorld, sagaWorld } from '../support/saga-world';

let world: SagaWorld;
let items = 0;
beforeAll(async () => {
  world = await sagaWorld();
});
afterAll(() => world.close());

/** A card whose holder has to confirm: a stay that saves it, or a flight that is paid at once. */
async function asked(kind: 'stay' | 'flight') {
  items += 1;
  const itemId = await addItem(world.database, `BANK-${items}`);
  const options = { itemId, now: await world.now(), token: 'tok_requires_action', instant: true };
  const request = kind === 'flight' ? travelRequest(options) : bookingRequest(options);
  const { price, stay, terms } = request;
  const payment = paymentPlan(
    { kind: 'at-check-in', holdDaysBefore: 5 },
    price,
    stay.start,
    (day) => `${day}T00:00:00.000Z`,
  );
  const saga = await world.open(kind === 'flight' ? request : { ...request, terms: { ...terms, payment } });
  await world.env.sleep('1m');
  return { itemId, id: request.bookingId, saga };
}

/** The cardholder's doing, of which the provider then has news. */
async function confirmed(id: BookingId): Promise<void> {
  await world.database.query(
    `UPDATE payment_simulator.authorizations SET status = 'held' WHERE booking_id = $1 AND status = 'requires_action'`,
    [id],
  );
  await world.database.query(`UPDATE payment_simulator.cards SET status = 'saved' WHERE booking_id = $1`, [
    id,
  ]);
}

async function actionUrl(id: BookingId): Promise<string | null | undefined> {
  const rows = await world.database.query<{ url: string | null }>(
    'SELECT payment_action_url AS url FROM booking.bookings WHERE id = $1',
    [id],
  );
  return rows[0]?.url;
}

describe.each(['stay', 'flight'] as const)('a %s whose card has to be confirmed with the bank', (kind) => {
  test('tells the traveler where, and goes on once the provider has news of it', async () => {
    const { saga, id } = await asked(kind);
    expect(await world.booking(id)).toMatchObject({ state: 'ACCEPTED', payment_status: 'requires_action' });
    expect(await actionUrl(id)).toMatch(/^http.*\/confirm$/);
    // News that is none: the card waits to be confirmed as before, and the log says nothing new.
    await saga.signal(providerNewsSignal, { kind: 'action-completed' });
    await world.env.sleep('1m');
    expect((await world.log(id)).at(-1)).toBe('payment.declined');
    await confirmed(id);
    await saga.signal(providerNewsSignal, { kind: 'action-completed' });
    await world.env.sleep('1m');
    expect(await world.booking(id)).toMatchObject({ state: 'CONFIRMED' });
    expect(await actionUrl(id)).toBeNull();
    expect(await world.atProvider(id)).toEqual(kind === 'flight' ? ['captured'] : []);
  });

  test('and is not fails after a quarter of an hour, and cannot be confirmed any more', async () => {
    const { saga, id, itemId } = await asked(kind);
    await world.env.sleep('13m');
    expect(await world.booking(id)).toMatchObject({ state: 'ACCEPTED' });
    expect(await saga.result()).toMatchObject({ state: 'FAILED', reason: { code: 'payment-declined' } });
    expect(await world.atProvider(id)).toEqual(kind === 'flight' ? ['voided'] : []);
    expect(await actionUrl(id)).toBeNull();
    expect(await world.blockedNights(itemId)).toBe(0);
  });

  test('is paid with another card instead, and the first payment is given up', async () => {
    const { saga, id } = await asked(kind);
    await saga.executeUpdate(providePaymentUpdate, {
      args: [{ by: byTraveler, paymentToken: 'tok_approved' }],
    });
    await world.env.sleep('1m');
    expect(await world.booking(id)).toMatchObject({ state: 'CONFIRMED' });
    expect(await world.atProvider(id)).toEqual(kind === 'flight' ? ['voided', 'captured'] : []);
  });
});
