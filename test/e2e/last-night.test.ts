import { arm, disarm } from '../../platform/failpoint';
import { addItem } from '../support/bookings';
import { meeting } from '../support/meeting';
import { day, Product } from '../support/product';
import { type Answer, bookingIn, insist } from '../support/rest';
import { until } from '../support/until';

/** At which five sagas that have money in hand wait for each other before they go for the same nights. */
const GOING_FOR_THE_NIGHTS = 'inventory.blocked.committing';

interface Outcome {
  id: string;
  state: string;
  undo: string;
  reason_code: string | null;
  held: number;
}

let product: Product;
beforeEach(async () => {
  product = await Product.create({ DATABASE_POOL: '20' });
  await addItem(product.database, 'PROP-001');
  await product.start('worker');
  await product.start('api');
});
afterEach(async () => {
  disarm(GOING_FOR_THE_NIGHTS);
  await product.close();
});

/** So many travelers ask for stays that share the night 34 days on; the owner accepts all of them at once. */
async function rush(travelers: number): Promise<Outcome[]> {
  const all = Array.from({ length: travelers }, (_, number) => number);
  const created = await Promise.all(all.map((number) => insist(() => ask(number))));
  const ids = created.map((answer) => bookingIn(answer).id);
  arm(GOING_FOR_THE_NIGHTS, meeting(5));
  const answers = await Promise.all(ids.map((id) => insist(() => accept(id))));
  expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
  return until(outcomes, (list) => list.length === travelers && list.every(isOver), 100_000);
}

function ask(number: number): Promise<Answer> {
  const from = 30 + (number % 5);
  const stay = { propertyId: 'PROP-001', startDate: day(from), endDate: day(from + 5) };
  return product.as(`traveler:traveler-${number}`).post('/api/bookings', stay, `ask-${number}`);
}

function accept(id: string): Promise<Answer> {
  return product.as('owner:owner-1').put(`/api/bookings/${id}/accept`, {}, `accept-${id}`);
}

function outcomes(): Promise<Outcome[]> {
  return product.database.query<Outcome>(
    `SELECT b.id, b.state, b.undo, b.reason_code,
       (SELECT count(*)::int FROM payment_simulator.authorizations a
        WHERE a.booking_id = b.id AND a.status NOT IN ('voided', 'declined')) AS held
     FROM booking.bookings b`,
  );
}

function isOver({ state, undo }: Outcome): boolean {
  const waiting = ['PENDING', 'ACCEPTED', 'PAYMENT_AUTHORIZED'].includes(state);
  return !waiting && undo !== 'running';
}

/** Nights that the calendar counts otherwise than the live blocks add up to. */
function miscounted(): Promise<object[]> {
  return product.database.query(
    `SELECT * FROM (SELECT night::text, blocked FROM booking.availability_calendar WHERE blocked > 0) counted
     FULL JOIN (SELECT night::text, sum(k.quantity)::int AS live
                FROM booking.blocked_nights n JOIN booking.inventory_blocks k ON k.id = n.block_id
                WHERE k.status = 'live' GROUP BY night) blocks USING (night)
     WHERE blocked IS DISTINCT FROM live`,
  );
}

test('of fifty accepted requests for the same night exactly one is confirmed, and the others end without a hold', async () => {
  const all = await rush(50);

  const [winner, ...further] = all.filter(({ state }) => state === 'CONFIRMED');
  expect(winner).toMatchObject({ held: 1, undo: 'none' });
  expect(further).toEqual([]);
  const losers = all.filter(({ id }) => id !== winner?.id);
  expect(losers).toHaveLength(49);
  for (const loser of losers) {
    expect(loser).toMatchObject({ reason_code: 'nights-unavailable', held: 0 });
    expect(['FAILED', 'REJECTED']).toContain(loser.state);
  }
  // Those that met at the calendar had a hold each, and one of them kept it.
  const givenBack = await product.database.query(
    `SELECT key FROM payment_simulator.authorizations WHERE status = 'voided'`,
  );
  expect(givenBack.length).toBeGreaterThanOrEqual(4);
  expect(await miscounted()).toEqual([]);
  const blocked = await product.database.query(
    'SELECT night FROM booking.availability_calendar WHERE blocked = 1',
  );
  expect(blocked).toHaveLength(5);
}, 180_000);

test('without the calendar’s guard the same rush sells the night more than once', async () => {
  const [guarded] = await product.database.query<{ source: string }>(
    `SELECT pg_get_functiondef('booking.block_nights'::regproc) AS source`,
  );
  const check = 'cardinality(v_gone) > 0';
  expect(guarded?.source).toContain(check);
  await product.database.query(guarded?.source.replace(check, 'false') ?? '');
  await product.database.query('ALTER TABLE booking.availability_calendar DROP CONSTRAINT never_double_sold');

  const all = await rush(8);
  expect(all.filter(({ state }) => state === 'CONFIRMED').length).toBeGreaterThan(1);
}, 120_000);
