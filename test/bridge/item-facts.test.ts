import { sayOfItem } from '../../bridge/dialects/item-facts';
import { envelope } from '../../bridge/envelope';
import { type ToldItemFact, UntellableFact } from '../../bridge/told-fact';
import type { FactId, ItemId, OwnerId } from '../../domain/ids';
import type { ItemFact } from '../../domain/item-fact';
import { addRoom } from '../support/bookings';
import { RelayWorld, until } from './relay-world';

const room: ToldItemFact['item'] = {
  itemId: 'HOTEL-001:STD' as ItemId,
  system: 'hotel',
  itemKind: 'room',
  itemName: 'Standard room',
  ownerId: 'owner-3' as OwnerId,
};
const villa = { ...room, itemId: 'PROP-001' as ItemId, system: 'stays', itemKind: 'property' } as const;

function told(fact: Partial<ItemFact>, item: ToldItemFact['item'] = room): ToldItemFact {
  return {
    item,
    fact: {
      factId: 'f4c7' as FactId,
      type: 'availability.closed',
      itemId: item.itemId,
      version: 7,
      actorId: 'owner-3',
      details: {},
      at: '2027-01-02T03:04:05.678Z',
      ...fact,
    },
  };
}

const CLOSED = { stay: { start: '2027-03-28', end: '2027-03-31' } };

test('closed nights are told under their property, without a booking, its state or its guest', () => {
  expect(sayOfItem(told({ details: CLOSED }))).toEqual([
    {
      topic: 'availability.updated',
      key: 'HOTEL-001',
      type: 'availability.updated',
      value: {
        eventId: 'f4c7:availability.updated',
        eventType: 'availability.updated',
        timestamp: '2027-01-02T03:04:05.678Z',
        confirmationNumber: null,
        system: 'hotel',
        propertyId: 'HOTEL-001',
        itemId: 'HOTEL-001:STD',
        stayDetails: {
          roomType: 'STD',
          checkIn: '2027-03-28T00:00:00.000Z',
          checkOut: '2027-03-31T00:00:00.000Z',
        },
        change: 'closed',
        quantity: null,
        updatedBy: 'owner-3',
        sequence: 7,
      },
    },
  ]);
});

test('opened nights of a home are told too: no room type, the item is the property', () => {
  const [message] = sayOfItem(told({ type: 'availability.opened', details: CLOSED }, villa));
  expect(message?.key).toBe('PROP-001');
  expect(message?.value).toMatchObject({
    system: 'stays',
    propertyId: 'PROP-001',
    itemId: 'PROP-001',
    stayDetails: { roomType: null },
    change: 'opened',
  });
});

test('a rate is told with the details it was recorded with', () => {
  const details = { ratePlan: 'BAR', nightlyPrice: 129.5, currency: 'EUR' };
  expect(sayOfItem(told({ type: 'rate.updated', details, actorId: 'rate-management-group' }))).toEqual([
    {
      topic: 'rate.updated',
      key: 'HOTEL-001',
      type: 'rate.updated',
      value: {
        eventId: 'f4c7:rate.updated',
        eventType: 'rate.updated',
        timestamp: '2027-01-02T03:04:05.678Z',
        confirmationNumber: null,
        system: 'hotel',
        propertyId: 'HOTEL-001',
        itemId: 'HOTEL-001:STD',
        pricingDetails: details,
        updatedBy: 'rate-management-group',
        sequence: 7,
      },
    },
  ]);
});

test.each(['item.created', 'item.changed'] as const)('%s is told to nobody', (type) => {
  expect(sayOfItem(told({ type }))).toEqual([]);
});

test('an availability fact that names no nights cannot be told', () => {
  expect(() => sayOfItem(told({ details: {} }))).toThrow(UntellableFact);
});

test('the headers are those of every other message', () => {
  const { fact } = told({ details: CLOSED });
  expect(envelope(fact, sayOfItem(told({ details: CLOSED })))[0]?.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: 'f4c7:availability.updated',
    ce_type: 'availability.updated',
    ce_source: '/booking-saga',
    ce_time: '2027-01-02T03:04:05.678Z',
    ce_factid: 'f4c7',
    'content-type': 'application/json',
  });
});

describe('the relay', () => {
  let world: RelayWorld;
  beforeEach(async () => {
    world = await RelayWorld.create();
  });
  afterEach(() => world.close());

  const record = (itemId: ItemId, type: string, details: object) =>
    world.database.query('SELECT booking.record_item_fact($1, $2, $3, $4)', [
      itemId,
      type,
      'owner-1',
      JSON.stringify(details),
    ]);

  test('takes facts about items to Kafka in the order of their versions', async () => {
    const item = await addRoom(world.database, 'RELAY-HOTEL-A:STD');
    await record(item, 'availability.closed', CLOSED);
    await record(item, 'item.changed', { changes: {} });
    await record(item, 'rate.updated', { ratePlan: 'BAR' });
    await record(item, 'availability.opened', CLOSED);
    await world.startRelay();
    const listener = await world.listen(['availability.updated', 'rate.updated']);
    await world.untilOutboxEmpty();
    const availability = () => listener.told('availability.updated', 'RELAY-HOTEL-A');
    const rates = () => listener.told('rate.updated', 'RELAY-HOTEL-A');
    await until('three were heard', async () => availability().length + rates().length === 3);
    expect(availability()).toMatchObject([
      { change: 'closed', sequence: 2 },
      { change: 'opened', sequence: 5 },
    ]);
    expect(rates()).toMatchObject([{ pricingDetails: { ratePlan: 'BAR' }, sequence: 4 }]);
  });

  test('sets aside what it cannot tell; later facts of that item wait, those of others go on', async () => {
    const stuck = await addRoom(world.database, 'RELAY-HOTEL-B:STD');
    const fine = await addRoom(world.database, 'RELAY-HOTEL-B:SUITE');
    await record(stuck, 'availability.closed', {});
    await world.startRelay();
    await until('the row was set aside', async () => {
      const rows = await world.database.query('SELECT 1 FROM booking.outbox WHERE refused_at IS NOT NULL');
      return rows.length === 1;
    });
    await record(stuck, 'availability.opened', CLOSED);
    await record(fine, 'availability.closed', CLOSED);
    const listener = await world.listen(['availability.updated']);
    const heard = () => listener.told('availability.updated', 'RELAY-HOTEL-B');
    await until('the other item was told', async () => heard().length > 0);
    expect(heard()).toMatchObject([{ itemId: fine }]);
    // A listener may hear of it before its row is deleted.
    await until('the told row was deleted', async () => (await world.outboxRows()) === 2);

    await world.database.query('UPDATE booking.item_events SET details = $1 WHERE item_id = $2', [
      JSON.stringify(CLOSED),
      stuck,
    ]);
    await world.database.query('UPDATE booking.outbox SET refused_at = NULL, refusal = NULL');
    await world.untilOutboxEmpty();
    await until('the rest was told', async () => heard().length === 3);
    expect(heard().slice(1)).toMatchObject([
      { itemId: stuck, change: 'closed', sequence: 2 },
      { itemId: stuck, change: 'opened', sequence: 3 },
    ]);
  });
});
