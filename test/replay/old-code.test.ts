import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { BookingRequest } from '../../domain/booking';
import {
  acceptUpdate,
  cancelUpdate,
  checkInUpdate,
  providePaymentUpdate,
  retryUndoUpdate,
} from '../../workflows/messages';
import {
  addItem,
  addRoom,
  bookingRequest,
  byOwner,
  bySystem,
  byTraveler,
  hotelRequest,
  type RequestOptions,
  travelRequest,
} from '../support/bookings';
import {
  codeUnderTest,
  type SagaHandle,
  type SagaWorld,
  sagaWorld,
  type WorkflowCode,
} from '../support/saga-world';

const KEPT = join(__dirname, 'code');
const releases = readdirSync(KEPT).map((file) => file.replace('.js.gz', ''));

/** A worker wants an inline source map; a release is kept without one, which would name folders of a machine. */
const NO_SOURCES = Buffer.from(
  '{"version":3,"file":"released.js","sources":[],"names":[],"mappings":""}',
).toString('base64');

function codeOf(release: string): WorkflowCode {
  const kept = gunzipSync(readFileSync(join(KEPT, `${release}.js.gz`))).toString();
  const code = `${kept}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${NO_SOURCES}\n`;
  return { workflowBundle: { code } };
}

let world: SagaWorld;
let items = 0;
afterEach(() => world.close());

async function open(
  make: (options: RequestOptions) => BookingRequest,
  options: Partial<RequestOptions> = {},
  add = addItem,
) {
  items += 1;
  // A colon is for a hotel's room types alone.
  const itemId = await add(world.database, `OLD-${items}${add === addRoom ? ':STD' : ''}`);
  const request = make({ itemId, now: await world.now(), ...options });
  return { saga: await world.open(request), id: request.bookingId, request };
}

const accept = (saga: SagaHandle) => saga.executeUpdate(acceptUpdate, { args: [{ by: byOwner }] });

describe.each(releases)('bookings opened under the code of %s finish under the code of today', (release) => {
  test('in whatever state it finds them', async () => {
    world = await sagaWorld(undefined, undefined, codeOf(release));
    const pending = await open(bookingRequest);
    const pendingToCancel = await open(bookingRequest);
    const withoutCard = await open(bookingRequest, { token: undefined });
    await accept(withoutCard.saga);
    const confirmed = await open(bookingRequest);
    await accept(confirmed.saga);
    const confirmedToCancel = await open(bookingRequest);
    await accept(confirmedToCancel.saga);
    const flight = await open(travelRequest);
    const room = await open(hotelRequest, { daysAhead: 1 }, addRoom);
    const roomToMiss = await open(hotelRequest, { daysAhead: 1 }, addRoom);
    const stuck = await open(bookingRequest, { token: 'tok_void_fails' });
    await accept(stuck.saga);
    await world.env.sleep('10s');
    await stuck.saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });
    await world.env.sleep('5m');
    expect(await world.booking(stuck.id)).toMatchObject({ undo: 'needs_operator' });

    await world.runOn(await codeUnderTest());
    await accept(pending.saga);
    await pendingToCancel.saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });
    await withoutCard.saga.executeUpdate(providePaymentUpdate, {
      args: [{ by: byTraveler, paymentToken: 'tok_approved' }],
    });
    await confirmedToCancel.saga.executeUpdate(cancelUpdate, { args: [{ by: byTraveler }] });
    await stuck.saga.executeUpdate(retryUndoUpdate, { args: [{ by: bySystem, step: 'void-authorization' }] });
    await world.env.sleep('1d');
    await room.saga.executeUpdate(checkInUpdate, { args: [{ by: byOwner }] });

    const settled = { state: 'CHECKED_OUT', undo: 'none', payment_status: 'settled' };
    const voided = { state: 'CANCELLED', undo: 'done', payment_status: 'voided' };
    for (const [booking, ending] of [
      [pending, settled],
      [pendingToCancel, { state: 'CANCELLED', undo: 'none', payment_status: 'none' }],
      [withoutCard, settled],
      [confirmed, settled],
      [confirmedToCancel, voided],
      [flight, settled],
      [room, settled],
      [roomToMiss, { state: 'NO_SHOW', undo: 'done', payment_status: 'settled' }],
      [stuck, voided],
    ] as const) {
      await booking.saga.result();
      expect(await world.booking(booking.id)).toMatchObject(ending);
    }
  }, 120_000);
});
