import type { RunningRole } from '../../platform/role';
import { addItem } from '../support/bookings';
import { about, listen } from '../support/listener';
import { type OwnBroker, ownBroker } from '../support/own-broker';
import { day, Product } from '../support/product';
import { bookingIn } from '../support/rest';
import { until } from '../support/until';

let broker: OwnBroker;
let product: Product;
let bridge: RunningRole;
beforeAll(async () => {
  broker = await ownBroker();
  await broker.start();
  product = await Product.create({ KAFKA_BROKERS: broker.address, KAFKA_SEND_DEADLINE_MS: '2000' });
  await addItem(product.database, 'PROP-001');
  bridge = await product.start('bridge');
  await product.start('worker');
  await product.start('api');
}, 120_000);
afterAll(async () => {
  await product.close();
  await broker.remove();
});

async function confirmedBooking(start: number): Promise<string> {
  const stay = { propertyId: 'PROP-001', startDate: day(start), endDate: day(start + 2) };
  const { id } = bookingIn(await product.as('traveler:traveler-1').post('/api/bookings', stay));
  await product.as('owner:owner-1').put(`/api/bookings/${id}/accept`);
  await product.reached(id, 'CONFIRMED');
  return id;
}

test('bookings made while Kafka is away go through, and everything about them arrives, in order, when it is back', async () => {
  const before = await confirmedBooking(30);
  await until(
    () => product.database.query('SELECT id FROM booking.outbox'),
    (waiting) => waiting.length === 0,
  );
  await broker.stop();

  const meanwhile: string[] = [];
  for (let start = 40; start < 60; start += 2) meanwhile.push(await confirmedBooking(start));
  await until(
    () => bridge.trouble?.(),
    (trouble) => trouble?.includes('Kafka is away') ?? false,
  );
  expect(await product.database.query('SELECT id FROM booking.outbox')).toHaveLength(50);

  await broker.start();
  const listener = await listen(product.config);
  const all = await listener.everything(product.database);
  await listener.stop();
  for (const id of [before, ...meanwhile]) {
    const heard = about(id, all);
    expect(heard.map(({ key, value }) => [key, value.sequence, value.state])).toEqual([
      [id, 1, 'PENDING'],
      [id, 2, 'ACCEPTED'],
      [id, 3, 'PAYMENT_AUTHORIZED'],
      [id, 5, 'CONFIRMED'],
    ]);
    const updates = all.filter(({ topic }) => topic === product.config.KAFKA_RESPONSE_TOPIC);
    expect(updates.findLast(({ key }) => key === id)?.value.state).toBe('CONFIRMED');
  }
}, 180_000);
