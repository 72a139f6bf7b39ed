import type { BookingId } from '../../domain/ids';
import { type ApiWorld, apiWorld } from './support/api-world';

describe('reading bookings', () => {
  let world: ApiWorld;
  const ids: BookingId[] = [];
  const ANN = 'traveler:ann';
  const OWNER = 'owner:owner-1';
  const get = (path: string, as = ANN) => world.call('GET', path, { as });

  beforeAll(async () => {
    world = await apiWorld();
    for (let day = 1; day <= 5; day += 1) {
      // Two share their instant, so that only the id tells them apart.
      world.setNow(`2026-06-15T16:00:0${Math.min(day, 4)}.000Z`);
      const body = { propertyId: 'PROP-001', startDate: `2026-07-0${day}`, endDate: '2026-07-09' };
      ids.unshift((await world.call('POST', '/api/bookings', { as: ANN, body })).json.booking.id);
    }
    const [newest = '' as BookingId, second = '' as BookingId] = ids;
    await world.call('PUT', `/api/bookings/${newest}/accept`, { as: OWNER });
    await world.saga.commit(newest, 'payment.authorized', { role: 'SYSTEM', id: '' });
    await world.call('PUT', `/api/owners/bookings/${second}/reject`, { as: OWNER });
    const other = { propertyId: 'PROP-003', startDate: '2026-07-01', endDate: '2026-07-09' };
    await world.call('POST', '/api/bookings', { as: 'traveler:bob', body: other });
  });
  afterAll(() => world.close());

  const idsOf = (list: { id: string }[]) => list.map(({ id }) => id);
  const inOrder = () => {
    const [a = '', b = '', ...rest] = ids;
    // Same instant: the greater id goes first.
    return [...[a, b].sort().reverse(), ...rest];
  };

  test('own ones only, newest first, in each family’s envelope', async () => {
    expect(idsOf((await get('/api/bookings')).json.bookings)).toEqual(inOrder());
    const travelers = await get('/api/travelers/bookings');
    expect(travelers.json.success).toBe(true);
    expect(idsOf(travelers.json.data)).toEqual(inOrder());
    const owners = await get('/api/owners/bookings', OWNER);
    expect(owners.json.success).toBe(true);
    expect(idsOf(owners.json.data)).toEqual(inOrder());
    expect((await get('/api/owners/bookings', 'owner:nobody')).json.data).toEqual([]);
  });

  test('page by page, each booking once, also where two share their instant', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null && page < 9; page += 1) {
      const { json } = await get(`/api/bookings?limit=1${cursor && `&cursor=${cursor}`}`);
      expect(json.bookings).toHaveLength(1);
      seen.push(...idsOf(json.bookings));
      cursor = json.nextCursor;
    }
    expect(seen).toEqual(inOrder());
  });

  test('by the system’s word or by the exact state; the word wins', async () => {
    const count = async (status: string) =>
      (await get(`/api/travelers/bookings?status=${status}`)).json.data.length;
    expect(await count('ACCEPTED')).toBe(1); // PAYMENT_AUTHORIZED is called so
    expect(await count('PAYMENT_AUTHORIZED')).toBe(1);
    expect(await count('CANCELLED')).toBe(1); // REJECTED is called so
    expect(await count('REJECTED')).toBe(1);
    expect(await count('PENDING')).toBe(3);
    expect(await count('FAILED')).toBe(0);
  });

  test.each([
    'status=SOLD',
    'status=accepted',
    'status=toString',
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1&limit=2',
    'cursor=nonsense',
    `cursor=${Buffer.from('0000-01-01T00:00:00.000Z|BKG00000000000000000000').toString('base64url')}`,
    `cursor=${Buffer.from("2026-01-01T00:00:00.000Z|x' OR 1=1").toString('base64url')}`,
  ])('?%s is a clear 400', async (query) => {
    const { json } = await get(`/api/travelers/bookings?${query}`);
    expect(json).toMatchObject({
      status: 400,
      code: 'invalid-request',
      errors: [{ field: query.split('=')[0] }],
    });
  });

  test('lists are for their role', async () => {
    expect((await get('/api/bookings', OWNER)).status).toBe(403);
    expect((await get('/api/owners/bookings', ANN)).status).toBe(403);
  });

  test('one booking and its timeline, for its traveler, its owner and administrators', async () => {
    const id = inOrder()[0];
    for (const as of [ANN, OWNER, 'admin:root']) {
      expect((await get(`/api/bookings/${ids[0]}`, as)).json.booking.id).toBe(ids[0]);
      expect((await get(`/api/bookings/${id}/timeline`, as)).status).toBe(200);
    }
    for (const as of ['traveler:bob', 'owner:owner-2']) {
      expect((await get(`/api/bookings/${id}`, as)).status).toBe(404);
      expect((await get(`/api/bookings/${id}/timeline`, as)).status).toBe(404);
    }
    const { timeline } = (await get(`/api/bookings/${ids[0]}/timeline`)).json;
    expect(timeline).toMatchObject([
      {
        sequence: 1,
        type: 'booking.opened',
        fromState: 'NONE',
        state: 'PENDING',
        actor: 'TRAVELER',
        attempts: 1,
      },
      { sequence: 2, type: 'booking.accepted', state: 'ACCEPTED', actor: 'OWNER' },
      { sequence: 3, type: 'payment.authorized', state: 'PAYMENT_AUTHORIZED', actor: 'SYSTEM' },
    ]);
  });

  test('the catalogue is public', async () => {
    const { json } = await world.call('GET', '/api/items?after=HOTEL-002&limit=2');
    expect(json.items).toMatchObject([
      { id: 'PROP-001', nightlyPrice: 300 },
      { id: 'PROP-002', instant: true },
    ]);
    expect((await world.call('GET', '/api/items?after=PROP-002&limit=1')).json.items).toHaveLength(1);
    expect((await world.call('GET', '/api/items/PROP-003')).json.item.timeZone).toBe('Europe/Zurich');
    expect((await world.call('GET', '/api/items/PROP-404')).status).toBe(404);
    expect((await world.call('GET', '/api/items/%00')).status).toBe(404);
  });
});
