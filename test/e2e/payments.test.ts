import { localDate } from '../../domain/stay-clock';
import { addDays } from '../../domain/stay-dates';
import { seed } from '../../scripts/seed';
import { about, type Listener, listen } from '../support/listener';
import { Product } from '../support/product';
import { type RestCaller, reservationIn } from '../support/rest';
import { until } from '../support/until';

let product: Product;
let listener: Listener;
let guest: RestCaller;
let owner: RestCaller;
let id: string;
let rsv: string;
let hold: string;

/** A hotel stay of 240.00 USD that was lived, taken and paid out; its saga has closed. */
beforeAll(async () => {
  product = await Product.create();
  await seed(product.database.url);
  for (const role of ['bridge', 'worker', 'api'] as const) await product.start(role);
  listener = await listen(product.config, ['payment.captured', 'payment.refunded', 'payment.settled']);
  guest = product.as('traveler:ann');
  owner = product.as('owner:owner-3');
  const checkIn = localDate(new Date(), 'Europe/Berlin');
  const reserved = await guest.post('/api/reservations', {
    propertyId: 'HOTEL-001',
    roomType: 'STD',
    guestDetails: { name: 'Ann Lee', email: 'ann@example.com' },
    stayDetails: { checkIn, checkOut: addDays(checkIn, 2), guests: 2 },
    paymentToken: 'tok_approved',
  });
  ({ id, confirmationNumber: rsv } = reservationIn(reserved));
  await product.reached(id, 'CONFIRMED');
  await owner.post(`/api/reservations/${rsv}/checkin`, {});
  await until(money, ({ captured }) => captured === 240);
  await owner.post(`/api/reservations/${rsv}/checkout`, {});
  hold = (await until(money, ({ paidOut }) => paidOut === 240)).authorizations[0]?.authorizationId ?? '';
}, 120_000);
afterAll(async () => {
  await listener?.stop();
  await product.close();
});

interface Money {
  readonly captured: number;
  readonly refunded: number;
  readonly paidOut: number;
  readonly ownerOwes: number;
  readonly disputed: number;
  readonly status: string;
  readonly authorizations: { authorizationId: string }[];
  readonly disputes: { status: string }[];
}

async function money(): Promise<Money> {
  return ((await owner.get(`/api/payments/${rsv}`)).body as unknown as { data: Money }).data;
}

/** What the provider would tell by a webhook, as the webhook's route stores it. */
async function told(kind: string, details: Readonly<Record<string, unknown>>) {
  const tidings = { kind, authorizationId: hold, amount: { amount: 24_000, currency: 'USD' }, ...details };
  await product.database.query(
    `INSERT INTO booking.provider_events (id, provider, type, kind, object_id, authorization_id, booking_id, details)
     VALUES ($1, 'simulator', 'test', $2, $1, $3, $4, $5)`,
    [`evt_${kind}`, kind, hold, id, JSON.stringify(tidings)],
  );
}

test('long after the end the owner gives a part back and owes it, and the invoice is credited', async () => {
  const answer = await owner.post(`/api/payments/${rsv}/refund`, {
    amount: 40,
    reason: 'The heating failed',
  });
  expect(answer.status).toBe(200);
  expect(await until(money, ({ refunded }) => refunded === 40)).toMatchObject({
    ...{ captured: 240, paidOut: 240, ownerOwes: 40, status: 'settled' },
  });
  const { invoices } = (await guest.get(`/api/bookings/${id}/invoices`)).body as unknown as {
    invoices: { number: string; total: number; corrects: string | null }[];
  };
  expect(invoices).toMatchObject([
    { number: 'INV-owner-3-000001', total: 240, corrects: null },
    { number: 'INV-owner-3-000002', total: -40, corrects: 'INV-owner-3-000001' },
  ]);
});

test('a refund made at the provider, and a dispute from its opening to its end, are booked and told once', async () => {
  await told('refunded', { refundId: 're_1', amount: { amount: 1_000, currency: 'USD' } });
  await until(money, ({ refunded }) => refunded === 50);

  const dispute = { disputeId: 'dp_1', amount: { amount: 19_000, currency: 'USD' }, reason: 'fraudulent' };
  await told('dispute-opened', dispute);
  await told('dispute-funds-withdrawn', dispute);
  const open = await until(money, ({ disputed }) => disputed === 190);
  expect(open).toMatchObject({ status: 'disputed', disputes: [{ status: 'open' }] });
  await told('dispute-closed', { ...dispute, outcome: 'won' });
  const won = await until(money, ({ disputed }) => disputed === 0);
  expect(won).toMatchObject({ status: 'settled', ownerOwes: 50, disputes: [{ status: 'won' }] });
  // Tidings that come after the end of the dispute concern nobody.
  await told('dispute-funds-reinstated', dispute);
  const handed = () =>
    product.database.query<{ handed_to: string | null }>(
      'SELECT handed_to FROM booking.provider_events ORDER BY receipt',
    );
  const all = await until(handed, (rows) => rows.every((row) => row.handed_to !== null));
  expect(all.map((row) => row.handed_to)).toEqual(['workflow', 'workflow', 'workflow', 'workflow', 'nobody']);

  const heard = about(id, await listener.everything(product.database)).map(({ topic, value }) => [
    ...[topic, value.kind, value.amount, value.state],
  ]);
  expect(heard).toHaveLength(6);
  expect(heard).toEqual(
    expect.arrayContaining([
      ['payment.captured', undefined, 240, 'CHECKED_IN'],
      ['payment.settled', undefined, 240, 'CHECKED_OUT'],
      ['payment.refunded', 'refund', 40, 'CHECKED_OUT'],
      ['payment.refunded', 'refund', 10, 'CHECKED_OUT'],
      ['payment.refunded', 'dispute', 190, 'CHECKED_OUT'],
      ['payment.captured', 'dispute-won', 190, 'CHECKED_OUT'],
    ]),
  );
});
