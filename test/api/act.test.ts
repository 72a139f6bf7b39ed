import type { BookingId } from '../../domain/ids';
import { type ApiWorld, apiWorld } from './support/api-world';

describe('acting on a booking', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());

  let travelers = 0;
  let ann = '';
  let id = '' as BookingId;
  const OWNER = 'owner:owner-1';
  const put = (path: string, as: string, body?: unknown) => world.call('PUT', path, { as, body });

  beforeEach(async () => {
    ann = `traveler:a${++travelers}`;
    const body = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };
    id = (await world.call('POST', '/api/bookings', { as: ann, body })).json.booking.id;
  });

  const actions: [string, () => string, () => string, string, string, unknown?][] = [
    ['accepted', () => `/api/bookings/${id}/accept`, () => OWNER, 'ACCEPTED', 'Booking accepted'],
    ['cancelled', () => `/api/bookings/${id}/cancel`, () => ann, 'CANCELLED', 'Booking cancelled'],
    [
      'cancelled by a traveler',
      () => `/api/travelers/bookings/${id}/cancel`,
      () => ann,
      'CANCELLED',
      'Booking cancelled successfully',
    ],
    [
      'approved',
      () => `/api/owners/bookings/${id}/approve`,
      () => OWNER,
      'ACCEPTED',
      'Booking approved successfully',
    ],
    [
      'rejected',
      () => `/api/owners/bookings/${id}/reject`,
      () => OWNER,
      'REJECTED',
      'Booking rejected successfully',
    ],
    [
      'cancelled by its owner',
      () => `/api/owners/bookings/${id}/cancel`,
      () => OWNER,
      'CANCELLED',
      'Booking cancelled successfully',
    ],
  ];

  describe.each(actions)('being %s', (_, path, actor, state, message) => {
    test('is told to the saga and answered with what it committed', async () => {
      const reply = await put(path(), actor(), { reason: 'Plans changed' });
      expect(reply.status).toBe(200);
      expect(reply.json.message).toBe(message);
      expect(reply.json.booking ?? reply.json.data).toMatchObject({ _id: id, state, sequence: 2 });
      const [role, callerId] = actor().split(':');
      expect(world.saga.said.at(-1)?.message).toEqual({
        by: { role: role?.toUpperCase(), id: callerId },
        reason: 'Plans changed',
      });
    });

    test('is forbidden to the other side, and to an administrator', async () => {
      const other = actor() === OWNER ? ann : OWNER;
      expect((await put(path(), other)).json).toMatchObject({ status: 403, code: 'forbidden' });
      expect((await put(path(), 'admin:root')).json).toMatchObject({ status: 403, code: 'forbidden' });
    });

    test('does not exist for strangers, whatever their role', async () => {
      for (const stranger of ['traveler:eve', 'owner:owner-2']) {
        expect((await put(path(), stranger)).json).toMatchObject({ status: 404, code: 'not-found' });
      }
      expect((await put(path().replace(id, 'BKG00000000000000000000'), actor())).status).toBe(404);
      expect((await put(path().replace(id, '%00'), actor())).status).toBe(404);
    });

    test('takes the right role, not only the right person', async () => {
      const sub = actor().split(':')[1];
      const wrongRole = actor() === OWNER ? 'traveler' : 'owner';
      expect((await put(path(), `${wrongRole}:${sub}`)).status).toBe(403);
    });

    test('is a conflict once the booking has ended, and the saga is not bothered', async () => {
      await put(`/api/bookings/${id}/cancel`, ann);
      const before = world.saga.said.length;
      const reply = await put(path(), actor());
      expect(reply.json).toMatchObject({ status: 409, code: 'illegal-transition', state: 'CANCELLED' });
      expect(world.saga.said.length).toBe(before);
    });
  });

  test('an owner is nobody’s owner but their own items’, also of what they have booked themselves', async () => {
    const annAsOwner = ann.replace('traveler', 'owner');
    expect((await put(`/api/bookings/${id}/accept`, annAsOwner)).status).toBe(403);
    const ownerAsTraveler = OWNER.replace('owner:', 'traveler:');
    expect((await put(`/api/bookings/${id}/cancel`, ownerAsTraveler)).status).toBe(403);
  });

  test('the saga’s refusal is a conflict that says where the booking stands', async () => {
    await put(`/api/bookings/${id}/accept`, OWNER);
    const reply = await put(`/api/bookings/${id}/accept`, OWNER);
    expect(reply.json).toMatchObject({ status: 409, code: 'illegal-transition', state: 'ACCEPTED' });
    expect(reply.json.detail).toMatch('is ACCEPTED and cannot be accepted');
  });

  test('the saga’s own doubt about who speaks is a 403', async () => {
    world.saga.answerNext({ outcome: 'refused', refusal: 'NotAllowed', message: '' });
    expect((await put(`/api/bookings/${id}/accept`, OWNER)).status).toBe(403);
  });

  test('a saga that is closed is a conflict', async () => {
    world.saga.answerNext({ outcome: 'closed' });
    const reply = await put(`/api/bookings/${id}/accept`, OWNER);
    expect(reply.json).toMatchObject({ status: 409, code: 'illegal-transition' });
  });

  test('silence is an unknown outcome, and what was never sent is not', async () => {
    world.saga.answerNext({ outcome: 'unknown' });
    const unknown = await put(`/api/bookings/${id}/accept`, OWNER);
    expect(unknown.json).toMatchObject({ status: 503, code: 'outcome-unknown', bookingId: id });
    expect(unknown.headers.get('retry-after')).toBe('2');
    world.saga.answerNext({ outcome: 'unsent' });
    expect((await put(`/api/bookings/${id}/accept`, OWNER)).json).toMatchObject({
      status: 503,
      code: 'unavailable',
    });
  });

  test('a payment method goes to the saga', async () => {
    await put(`/api/bookings/${id}/accept`, OWNER);
    const reply = await put(`/api/bookings/${id}/payment`, ann, { paymentToken: 'tok_other' });
    expect(reply.json.message).toBe('Payment method received');
    expect(world.saga.said.at(-1)).toMatchObject({
      method: 'providePayment',
      message: { paymentToken: 'tok_other' },
    });
    expect((await put(`/api/bookings/${id}/payment`, ann, {})).json.errors).toMatchObject([
      { field: 'paymentToken' },
    ]);
    expect((await put(`/api/bookings/${id}/payment`, OWNER, { paymentToken: 't' })).status).toBe(403);
  });

  test.each([
    ['a reason that is too long', { reason: 'x'.repeat(501) }],
    ['a reason with NUL', { reason: 'a\u0000b' }],
    ['a reason with half a surrogate pair', { reason: '\udc00' }],
    ['a reason that is no text', { reason: 1 }],
  ])('%s is refused', async (_, body) => {
    expect((await put(`/api/bookings/${id}/cancel`, ann, body)).json).toMatchObject({
      code: 'invalid-request',
      errors: [{ field: 'reason' }],
    });
  });

  describe('an operator’s undo', () => {
    const undo = (what: string, as: string, body?: unknown) =>
      world.call('POST', `/api/admin/bookings/${id}/undo/${what}`, { as, body });

    test('is told to the saga although the booking has ended', async () => {
      await put(`/api/bookings/${id}/cancel`, ann);
      expect((await undo('void-authorization/retry', 'admin:root')).status).toBe(200);
      expect(world.saga.said.at(-1)).toMatchObject({
        method: 'retryUndo',
        message: { by: { role: 'SYSTEM', id: 'root' }, step: 'void-authorization' },
      });
      expect((await undo('release-nights/skip', 'admin:root')).status).toBe(200);
      expect(world.saga.said.at(-1)).toMatchObject({
        method: 'skipUndo',
        message: { step: 'release-nights' },
      });
    });
    test('that waits for nobody is a conflict', async () => {
      world.saga.answerNext({ outcome: 'refused', refusal: 'UndoNotWaiting', message: '' });
      expect((await undo('release-nights/skip', 'admin:root')).json.code).toBe('undo-not-waiting');
    });
    test('is for administrators, of known steps, with nothing unknown in the body', async () => {
      expect((await undo('release-nights/skip', OWNER)).status).toBe(403);
      expect((await undo('everything/skip', 'admin:root')).status).toBe(404);
      expect((await undo('release-nights/skip', 'admin:root', { force: true })).json.code).toBe(
        'invalid-request',
      );
    });
  });
});
