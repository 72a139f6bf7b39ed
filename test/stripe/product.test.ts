import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import type { BookingId } from '../../domain/ids';
import { allChecks } from '../../scripts/reconcile';
import { runChecks } from '../../scripts/reconcile/run-checks';
import { addItem } from '../support/bookings';
import { day, Product } from '../support/product';
import { bookingIn } from '../support/rest';
import { FakeStripe } from './support/fake-stripe';
import { SECRET_KEY } from './support/stripe-world';

let fake: FakeStripe;
let product: Product;
let database: Client;
let connection: Connection;

beforeAll(async () => {
  fake = await FakeStripe.start();
  product = await Product.create({
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: 'whsec_test',
    PAYMENT_RETURN_URL: 'https://shop.example/paid',
    STRIPE_API_BASE: fake.url,
  });
  await addItem(product.database, 'PROP-001');
  await product.start('api');
  await product.start('worker');
  database = new Client({ connectionString: product.database.url });
  await database.connect();
  connection = await Connection.connect({ address: product.config.TEMPORAL_ADDRESS });
}, 120_000);
afterAll(async () => {
  await connection.close();
  await database.end();
  await product.close();
  await fake.close();
});

async function booked(ahead: number): Promise<BookingId> {
  const stay = {
    ...{ propertyId: 'PROP-001', startDate: day(ahead), endDate: day(ahead + 2) },
    paymentToken: 'pm_approved',
  };
  const created = bookingIn(await product.as('traveler:traveler-1').post('/api/bookings', stay));
  await product.as('owner:owner-1').put(`/api/bookings/${created.id}/accept`);
  await product.reached(created.id, 'CONFIRMED');
  return created.id as BookingId;
}

async function found(): Promise<string[]> {
  const checks = allChecks(product.config, database, database, connection).filter(({ name }) =>
    ['holds', 'payments', 'events', 'late-confirmations'].includes(name),
  );
  const { findings } = await runChecks(checks, false, () => {});
  return findings.map(({ check, about }) => `${check} ${about}`);
}

test('with Stripe a booking is confirmed over a hold, and cancelling gives it back', async () => {
  const id = await booked(3);
  expect(fake.count('pi', 'requires_capture')).toBe(1);
  await product.as('traveler:traveler-1').put(`/api/bookings/${id}/cancel`);
  await product.undone(id);
  expect(fake.count('pi', 'requires_capture')).toBe(0);
  expect(fake.count('pi', 'canceled')).toBe(1);
  expect(await found()).toEqual([]);
});

test('a hold that outlives its booking, a payment gone at Stripe, and an event told to nobody are found', async () => {
  const over = await booked(3);
  await product.as('traveler:traveler-1').put(`/api/bookings/${over}/cancel`);
  await product.undone(over);
  fake.setAside(await authorizationOf(over), 'requires_capture');
  const gone = await booked(4);
  fake.setAside(await authorizationOf(gone), 'canceled');
  await product.database.query(
    `INSERT INTO booking.provider_events (id, provider, type, kind, object_id, authorization_id, booking_id, received_at,
       handed_at, handed_to)
     VALUES ('evt_1', 'stripe', 'charge.dispute.created', 'dispute-opened', 'dp_1', 'pi_9', $1, now() - interval '1 hour',
         NULL, NULL),
       ('evt_2', 'stripe', 'payment_intent.amount_capturable_updated', 'action-completed', 'pi_9', 'pi_9', $2,
         now() - interval '1 hour', now(), 'nobody')`,
    [gone, over],
  );
  expect(await found()).toEqual([
    `events ${gone}`,
    `late-confirmations ${over}`,
    `holds ${over}`,
    `payments ${gone}`,
  ]);
});

async function authorizationOf(id: BookingId): Promise<string> {
  const [row] = await product.database.query<{ authorization_id: string }>(
    'SELECT authorization_id FROM booking.bookings WHERE id = $1',
    [id],
  );
  return row?.authorization_id ?? '';
}
