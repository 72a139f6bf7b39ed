import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../activities';
import type { Step } from '../../activities/booking-steps';
import { blockIdOf } from '../../domain/ids';
import { acceptUpdate, cancelUpdate, retryUndoUpdate, skipUndoUpdate } from '../../workflows/messages';
import { addItem, bookingRequest, byOwner, bySystem, byTraveler, newBookingId } from '../support/bookings';
import { updateRefusal } from '../support/refusals';
import { type SagaHandle, type SagaWorld, sagaWorld } from '../support/saga-world';

let world: SagaWorld;
let items = 0;
beforeAll(async () => {
  world = await sagaWorld();
});
afterAll(() => world.close());

/** A confirmed booking whose hold was taken with `token`, just cancelled by its traveler. */
async function cancelled(token: string) {
  items += 1;
  const itemId = await addItem(world.database, `PROP-UNDO-${items}`);
  const request = bookingRequest({ itemId, now: await world.now(), token });
  const saga = await world.open(request);
  await saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });
  await world.env.sleep('10s');
  await saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });
  return { itemId, saga, id: request.bookingId };
}

async function historyLength(saga: SagaHandle): Promise<number> {
  return (await saga.describe()).historyLength;
}

describe('an undo that keeps failing', () => {
  test('waits for an operator after eight failures, while the others are done, and heals by itself', async () => {
    const { saga, id, itemId } = await cancelled('tok_void_fails');
    await world.env.sleep('5m');
    expect(await world.booking(id)).toMatchObject({ state: 'CANCELLED', undo: 'needs_operator' });
    expect(await world.blockedNights(itemId)).toBe(0);
    expect(await world.atProvider(id)).toEqual(['held']);

    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect((await world.log(id)).slice(5)).toEqual([
      'booking.cancelled',
      'undo.completed release-nights',
      'undo.needs-operator void-authorization',
      'undo.completed void-authorization',
    ]);
    expect(await world.atProvider(id)).toEqual(['voided']);
  });

  test('is tried at once when the operator says so', async () => {
    const { saga, id } = await cancelled('tok_void_fails');
    await world.env.sleep('1m');
    await saga.executeUpdate(retryUndoUpdate, { args: [{ by: bySystem, step: 'void-authorization' }] });
    expect(await saga.result()).toMatchObject({ undo: 'done' });
    const [waited] = await world.database.query<{ seconds: number }>(
      `SELECT extract(epoch FROM max(at) - min(at))::float AS seconds FROM booking.booking_events
       WHERE booking_id = $1 AND type LIKE 'undo.%' AND details->>'step' = 'void-authorization'`,
      [id],
    );
    expect(waited?.seconds).toBeLessThan(300);
    expect(await world.atProvider(id)).toEqual(['voided']);
  });

  test('is skipped when the operator says so, and that is on record', async () => {
    const { saga, id } = await cancelled('tok_void_never');
    await world.env.sleep('1h');
    const answer = await saga.executeUpdate(skipUndoUpdate, {
      args: [{ by: bySystem, step: 'void-authorization' }],
    });
    expect(answer).toMatchObject({ undo: 'done' });
    expect(await saga.result()).toMatchObject({ state: 'CANCELLED', undo: 'done' });
    expect((await world.log(id)).at(-1)).toBe('undo.skipped void-authorization');
  });

  test('costs no history however long it goes on', async () => {
    const { saga } = await cancelled('tok_void_never');
    await world.env.sleep('1h');
    const afterAnHour = await historyLength(saga);
    await world.env.sleep('30 days');
    expect((await historyLength(saga)) - afterAnHour).toBeLessThanOrEqual(1);
    await saga.executeUpdate(skipUndoUpdate, { args: [{ by: bySystem, step: 'void-authorization' }] });
    await saga.result();
  });

  test('may be retried or skipped by an administrator only, and only while it waits', async () => {
    const { saga } = await cancelled('tok_void_never');
    await world.env.sleep('5m');
    const by = (caller: typeof bySystem | typeof byOwner, step: 'void-authorization' | 'release-nights') =>
      updateRefusal(saga.executeUpdate(retryUndoUpdate, { args: [{ by: caller, step }] }));
    expect(await by(byOwner, 'void-authorization')).toMatchObject({ type: 'NotAllowed' });
    expect(await by(bySystem, 'release-nights')).toMatchObject({ type: 'UndoNotWaiting' });
    await saga.executeUpdate(skipUndoUpdate, { args: [{ by: bySystem, step: 'void-authorization' }] });
    await saga.result();
  });
});

test('a cancel while another ending is being undone is refused', async () => {
  const { saga } = await cancelled('tok_void_never');
  await world.env.sleep('5m');
  const again = saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });
  expect(await updateRefusal(again)).toMatchObject({ type: 'IllegalTransition' });
  await saga.executeUpdate(skipUndoUpdate, { args: [{ by: bySystem, step: 'void-authorization' }] });
  await saga.result();
});

describe('what arrives after its undo does not stay', () => {
  const activities = () =>
    createActivities({ database: world.prisma, gateway: world.simulator, onCommit: () => {} });
  const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input) =>
    new MockActivityEnvironment({ attempt: 1 }).run(activity, input) as Promise<Output>;

  test('an authorization that lands after its void was asked for', async () => {
    const bookingId = newBookingId();
    const authorization = {
      key: `${bookingId}/authorize/1`,
      bookingId,
      token: 'tok_approved',
      amount: { amount: 90_000, currency: 'USD' },
    };
    await run(activities().voidAuthorization, { authorization });
    expect(await run(activities().authorizePayment, authorization)).toMatchObject({ outcome: 'authorized' });
    expect(await world.atProvider(bookingId)).toEqual(['voided']);
  });

  test('a block that commits after its release', async () => {
    items += 1;
    const itemId = await addItem(world.database, `PROP-UNDO-${items}`);
    const request = bookingRequest({ itemId, now: Date.now() });
    const { bookingId, stay, quantity } = request;
    const nights = { blockId: blockIdOf(bookingId, 1), itemId, stay, quantity };
    const step: Step = {
      bookingId,
      sequence: 1,
      type: 'booking.opened',
      from: 'NONE',
      undo: 'none',
      actor: 'SYSTEM',
      at: new Date().toISOString(),
    };
    await run(activities().openBooking, { ...step, request, decisionBy: step.at });
    await world.database.query('SELECT booking.release_nights($1, $2, $3, 1)', [
      nights.blockId,
      bookingId,
      itemId,
    ]);
    await world.database.query(
      `UPDATE booking.bookings SET state = 'PAYMENT_AUTHORIZED', sequence = 3 WHERE id = $1`,
      [bookingId],
    );
    const late = {
      ...step,
      sequence: 4,
      type: 'inventory.blocked',
      from: 'PAYMENT_AUTHORIZED',
      nights,
    } as const;
    expect(await run(activities().blockNights, late)).toEqual({ outcome: 'gone', nights: [] });
    expect(await world.blockedNights(itemId)).toBe(0);
  });
});

test('a step that runs twice has effect once, and one that contradicts the log is refused', async () => {
  items += 1;
  const itemId = await addItem(world.database, `PROP-UNDO-${items}`);
  const request = bookingRequest({ itemId, now: Date.now() });
  const activities = createActivities({
    database: world.prisma,
    gateway: world.simulator,
    onCommit: () => {},
  });
  const opened: Step = {
    bookingId: request.bookingId,
    sequence: 1,
    type: 'booking.opened',
    from: 'NONE',
    undo: 'none',
    actor: 'TRAVELER',
    at: new Date().toISOString(),
  };
  const env = new MockActivityEnvironment({ attempt: 1 });
  const open = { ...opened, request, decisionBy: opened.at };
  const accept: Step = { ...opened, sequence: 2, type: 'booking.accepted', from: 'PENDING' };
  const first = await env.run(activities.openBooking, open);
  expect(await env.run(activities.openBooking, open)).toEqual(first);
  const accepted = await env.run(activities.commitStep, accept);
  expect(await env.run(activities.commitStep, accept)).toEqual(accepted);
  expect(await world.log(request.bookingId)).toEqual(['booking.opened', 'booking.accepted']);
  const outbox = await world.database.query('SELECT 1 FROM booking.outbox WHERE booking_id = $1', [
    request.bookingId,
  ]);
  expect(outbox).toHaveLength(2);

  const contradiction: Step = { ...accept, type: 'booking.cancelled' };
  await expect(env.run(activities.commitStep, contradiction)).rejects.toMatchObject({ type: 'StepConflict' });
});
