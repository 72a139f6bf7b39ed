import { acceptUpdate } from '../../workflows/messages';
import { addItem, bookingRequest, byOwner } from '../support/bookings';
import { type SagaWorld, sagaWorld } from '../support/saga-world';

let world: SagaWorld;
beforeAll(async () => {
  world = await sagaWorld();
});
afterAll(() => world.close());

test('who books at once for the night that has begun is charged and checked in', async () => {
  const itemId = await addItem(world.database, 'PROP-LATE');
  const now = await world.now();
  const request = bookingRequest({ itemId, now, daysAhead: 0, instant: true });
  const begun = { ...request.terms, checkInAt: new Date(now - 3_600_000).toISOString() };
  const saga = await world.open({ ...request, terms: begun });
  expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT' });
  expect(await world.booking(request.bookingId)).toMatchObject({ payment_status: 'settled' });
});

test('a booking runs from request to settlement, and the nights stay blocked', async () => {
  const itemId = await addItem(world.database, 'PROP-STAY');
  const request = bookingRequest({ itemId, now: await world.now() });
  const saga = await world.open(request);
  await saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });

  expect(await saga.result()).toMatchObject({ state: 'CHECKED_OUT', undo: 'none' });
  expect(await world.log(request.bookingId)).toEqual([
    'booking.opened',
    'booking.accepted',
    'payment.authorized',
    'inventory.blocked',
    'booking.confirmed',
    'booking.checked-in',
    'payment.captured',
    'booking.checked-out',
    'payment.settled',
  ]);
  expect(await world.atProvider(request.bookingId)).toEqual(['captured']);
  expect(await world.blockedNights(itemId)).toBe(3);
  expect(await world.booking(request.bookingId)).toMatchObject({ payment_status: 'settled', reason: null });
});
