import type { BookingId } from '../../domain/ids';
import { type ApiWorld, apiWorld } from './support/api-world';

const BODY = {
  propertyId: 'HOTEL-001',
  roomType: 'STD',
  guestDetails: { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.com', phone: '+1' },
  stayDetails: { checkIn: '2026-07-01', checkOut: '2026-07-04T00:00:00.000Z', numberOfGuests: 2 },
  ratePlan: 'STANDARD',
  paymentToken: 'tok_approved',
};
const OWNER = 'owner:owner-3';
const saga = { role: 'SYSTEM', id: 'saga' } as const;

describe('a reservation', () => {
  let world: ApiWorld;
  let guests = 0;
  let ann = '';
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());
  beforeEach(() => {
    ann = `traveler:g${++guests}`;
  });

  const reserve = (body: unknown = BODY, as = ann) => world.call('POST', '/api/reservations', { as, body });
  const at = (rsv: string, rest = '') => `/api/reservations/${rsv}${rest}`;

  /** A reservation whose saga has come as far as CONFIRMED. */
  async function confirmed(body: unknown = BODY) {
    const { json } = await reserve(body);
    const id = json.data.id as BookingId;
    for (const fact of [
      'booking.accepted',
      'payment.authorized',
      'inventory.blocked',
      'booking.confirmed',
    ] as const)
      await world.saga.commit(id, fact, saga);
    return { id, rsv: json.data.confirmationNumber as string };
  }

  test('is opened with a confirmation number and the terms of its room', async () => {
    const { status, json, headers } = await reserve();
    expect(status).toBe(201);
    expect(json).toMatchObject({
      success: true,
      message: 'Reservation created successfully',
      data: {
        state: 'PENDING',
        status: 'created',
        propertyId: 'HOTEL-001',
        roomType: 'STD',
        guestDetails: { guestId: ann.split(':')[1], name: 'Ann Lee', email: 'ann@example.com' },
        stayDetails: {
          checkIn: '2026-07-01',
          checkOut: '2026-07-04',
          nights: 3,
          guests: 2,
          checkInFrom: '2026-06-30T22:00:00.000Z',
          checkInAt: '2026-07-01T13:00:00.000Z',
          checkOutAt: '2026-07-04T09:00:00.000Z',
          noShowAt: '2026-07-02T04:00:00.000Z',
        },
        pricingDetails: { totalPrice: 360, currency: 'USD' },
        cancellation: {
          tiers: [
            { hoursBefore: 48, until: '2026-06-29T13:00:00.000Z', refundPercent: 100 },
            { hoursBefore: 24, until: '2026-06-30T13:00:00.000Z', refundPercent: 50 },
          ],
          noShow: { kind: 'nights', nights: 1 },
          fee: null,
        },
      },
    });
    expect(json.data.confirmationNumber).toMatch(/^RSV-2026-\d{6}$/);
    expect(headers.get('location')).toBe(at(json.data.confirmationNumber));
    expect(world.saga.said.at(-1)?.message).toMatchObject({
      system: 'hotel',
      itemId: 'HOTEL-001:STD',
      terms: { stay: 'by-owner', instant: true },
    });
  });

  test('names its guest in one place only: not to the saga, not in the log, not in the outbox', async () => {
    const { json } = await reserve();
    expect(JSON.stringify(world.saga.said.at(-1))).not.toMatch(/Ann|example\.com/);
    const rows = await world.database.query(
      `SELECT row_to_json(b) AS booking, (SELECT json_agg(e) FROM booking.booking_events e WHERE e.booking_id = b.id) AS events
       FROM booking.bookings b WHERE id = $1`,
      [json.data.id],
    );
    expect(JSON.stringify(rows)).not.toMatch(/Ann|example\.com/);
    await world.database.query('DELETE FROM booking.people WHERE id = $1', [ann.split(':')[1]]);
    const again = await world.call('GET', at(json.data.confirmationNumber), { as: ann });
    expect(again.json.data.guestDetails).toMatchObject({ name: null, email: null });
  });

  test('is opened once under a key, and once within a minute without', async () => {
    const first = await world.call('POST', '/api/reservations', { as: ann, body: BODY, key: 'k1' });
    const repeat = await world.call('POST', '/api/reservations', { as: ann, body: BODY, key: 'k1' });
    expect(repeat.text).toBe(first.text);
    const other = `traveler:g${++guests}`;
    const [one, two] = [await reserve(BODY, other), await reserve(BODY, other)];
    expect(two.json.data.confirmationNumber).toBe(one.json.data.confirmationNumber);
  });

  test.each([
    ['a room type that is none', { ...BODY, roomType: 'CASTLE' }, 404, 'not-found'],
    ['a property of another system', { ...BODY, propertyId: 'PROP-001' }, 404, 'not-found'],
    [
      'a colon in the room type',
      { ...BODY, propertyId: 'HOTEL', roomType: '001:STD' },
      400,
      'invalid-request',
    ],
    ['too many guests', { ...BODY, stayDetails: { ...BODY.stayDetails, guests: 3 } }, 400, 'invalid-request'],
    ['another total', { ...BODY, totalPrice: 10 }, 409, 'price-changed'],
    [
      'dates in the wrong order',
      { ...BODY, stayDetails: { checkIn: '2026-07-04', checkOut: '2026-07-01' } },
      400,
      'invalid-dates',
    ],
    ['a bad address', { ...BODY, guestDetails: { email: 'nobody' } }, 400, 'invalid-request'],
  ])('is refused for %s', async (_, body, status, code) => {
    expect((await reserve(body)).json).toMatchObject({ status, code });
  });

  test('is no room of the stays front end', async () => {
    const body = { propertyId: 'HOTEL-001:STD', startDate: '2026-07-01', endDate: '2026-07-04' };
    expect((await world.call('POST', '/api/bookings', { as: ann, body })).status).toBe(404);
  });

  test('shows its timeline to guest, owner and administrator, and to nobody else', async () => {
    const { rsv } = await confirmed();
    for (const as of [ann, OWNER, 'admin:root']) {
      const { status, json } = await world.call('GET', at(rsv), { as });
      expect(status).toBe(200);
      expect(json.data).toMatchObject({ confirmationNumber: rsv, state: 'CONFIRMED', status: 'confirmed' });
      expect(json.data.timeline).toHaveLength(5);
    }
    for (const as of ['traveler:eve', 'owner:owner-1'])
      expect((await world.call('GET', at(rsv), { as })).status).toBe(404);
    expect((await world.call('GET', at('RSV-2026-999999'), { as: ann })).status).toBe(404);
    expect((await world.call('GET', at('BKG00000000000000000000'), { as: ann })).status).toBe(404);
  });

  describe('is cancelled', () => {
    const quote = (rsv: string, as: string) => world.call('GET', at(rsv, '/cancellation-quote'), { as });
    afterEach(() => world.setNow('2026-06-15T16:00:00.000Z'));

    test('by its guest for what the quote said, and says what goes back', async () => {
      const { id, rsv } = await confirmed();
      expect((await quote(rsv, ann)).json.data).toMatchObject({ fee: 0, refund: 360 });
      world.setNow('2026-06-30T10:00:00.000Z');
      expect((await quote(rsv, ann)).json.data).toEqual({
        confirmationNumber: rsv,
        asOf: '2026-06-30T10:00:00.000Z',
        fee: 180,
        refund: 180,
        currency: 'USD',
      });
      expect((await quote(rsv, OWNER)).json.data).toMatchObject({ fee: 0 });
      expect((await quote(rsv, 'admin:root')).json.data).toMatchObject({ fee: 180 });
      world.saga.detailNext({ fee: { amount: 18_000, currency: 'USD' } });
      const { status, json } = await world.call('DELETE', at(rsv), {
        as: ann,
        body: { reason: 'Plans changed' },
      });
      expect(status).toBe(200);
      expect(json.data).toMatchObject({ state: 'CANCELLED', cancellation: { fee: 180, refund: 180 } });
      expect(world.saga.said.at(-1)).toMatchObject({
        method: 'cancel',
        bookingId: id,
        message: { by: { role: 'TRAVELER' }, reason: 'Plans changed' },
      });
      expect((await quote(rsv, ann)).json).toMatchObject({ status: 409, code: 'illegal-transition' });
      expect((await world.call('DELETE', at(rsv), { as: ann })).json.code).toBe('illegal-transition');
    });

    test('by its owner, at no cost; not by an administrator or a stranger', async () => {
      const { rsv } = await confirmed();
      expect((await world.call('DELETE', at(rsv), { as: 'admin:root' })).status).toBe(403);
      expect((await world.call('DELETE', at(rsv), { as: 'traveler:eve' })).status).toBe(404);
      const { json } = await world.call('DELETE', at(rsv), { as: OWNER });
      expect(json.data).toMatchObject({ state: 'CANCELLED', cancellation: { fee: 0, refund: 360 } });
      expect(world.saga.said.at(-1)?.message).toMatchObject({ by: { role: 'OWNER' } });
    });
  });

  test('is checked in and out by its owner only', async () => {
    const { rsv } = await confirmed();
    for (const what of ['/checkin', '/checkout'] as const) {
      expect((await world.call('POST', at(rsv, what), { as: ann })).status).toBe(403);
      expect((await world.call('POST', at(rsv, what), { as: 'owner:owner-1' })).status).toBe(404);
    }
    expect((await world.call('POST', at(rsv, '/checkout'), { as: OWNER })).json.code).toBe(
      'illegal-transition',
    );
    const { json } = await world.call('POST', at(rsv, '/checkin'), { as: OWNER, body: {} });
    expect(json).toMatchObject({
      message: 'Guest checked in successfully',
      data: { state: 'CHECKED_IN', status: 'checkin' },
    });
    expect((await world.call('POST', at(rsv, '/checkout'), { as: OWNER })).json.data).toMatchObject({
      state: 'CHECKED_OUT',
      status: 'checkout',
    });
  });

  test('whose guest comes too early is told when to come', async () => {
    const { rsv } = await confirmed();
    world.saga.answerNext({
      outcome: 'refused',
      refusal: 'NotYet',
      message: 'the guest can be checked in from 2026-06-30T22:00:00.000Z',
    });
    const { json } = await world.call('POST', at(rsv, '/checkin'), { as: OWNER });
    expect(json).toMatchObject({ status: 409, code: 'illegal-transition' });
    expect(json.detail).toMatch('from 2026-06-30T22:00:00.000Z');
  });

  test('by approval is decided by its confirmation number on the owners’ routes', async () => {
    const suite = { ...BODY, roomType: 'SUITE' };
    const [yes, no, late] = [
      await reserve(suite),
      await reserve(suite, `traveler:g${++guests}`),
      await reserve(suite, `traveler:g${++guests}`),
    ].map(({ json }) => json.data.confirmationNumber as string);
    const put = (rsv: string | undefined, verb: string, as = OWNER) =>
      world.call('PUT', `/api/owners/bookings/${rsv}/${verb}`, { as });
    expect((await put(yes, 'approve', 'owner:owner-1')).status).toBe(404);
    expect((await put(yes, 'approve')).json.data).toMatchObject({
      state: 'ACCEPTED',
      status: 'created',
      confirmationNumber: yes,
    });
    expect((await put(no, 'reject')).json.data).toMatchObject({ state: 'REJECTED', status: 'cancelled' });
    expect((await put(late, 'cancel')).json.data).toMatchObject({ state: 'CANCELLED' });
    const list = await world.call('GET', '/api/owners/bookings?status=cancelled', { as: OWNER });
    expect(
      list.json.data.map((booking: { confirmationNumber: string }) => booking.confirmationNumber),
    ).toEqual(expect.arrayContaining([no, late]));
  });
});
