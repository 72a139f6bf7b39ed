import { availabilityCalculator } from '../../consumers/availability-calculator/group';
import { paymentProcessor } from '../../consumers/payment-processor/group';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import {
  authorizationsOf,
  balanceIn,
  openStory,
  type Story,
  tell,
  tellAfterwards,
  usd,
} from '../database/ledger-story';
import { addItem, addRoom } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import { hand, takeTold } from '../support/told';

let database: TestDatabase;
let transactions: Transactions;
beforeAll(async () => {
  database = await freshDatabase();
  transactions = openTransactions({
    ...{ url: database.url, applicationName: 'test consumers', poolSize: 2, timeoutMs: 2_000 },
  });
});
afterAll(async () => {
  await transactions.close();
  await database.close();
});

const hotel = (room: string, capacity: number) => addRoom(database, room, capacity);
/** A booking of the nights from 1 to 4 July 2030 that has taken them, with no regard to how many there are. */
async function takeRoom(
  itemId: string,
  rooms = 1,
  system: 'stays' | 'travel' | 'hotel' = 'hotel',
): Promise<Story> {
  const story = await openStory(database, itemId, { system, quantity: rooms });
  await tell(database, story, 'booking.accepted');
  const hold = `hold-${story.id}`;
  await tell(database, story, 'payment.authorized', {
    ...{ amount: usd(90_000), authorizationId: hold, reference: hold },
  });
  await tell(database, story, 'inventory.blocked');
  return story;
}

describe('the calendar', () => {
  const listen = async () => hand(transactions, availabilityCalculator, await takeTold(database));
  const calendar = (itemId: string) =>
    database.query(
      `SELECT night::text, taken, confirmed, closed, capacity FROM availability_calculator.calendar
       WHERE item_id = $1 ORDER BY night`,
      [itemId],
    );
  const overbookings = (itemId: string) =>
    database.query<{ night: string; open: boolean }>(
      `SELECT night::text, confirmed, capacity, allowed, closed_at IS NULL AS open
       FROM availability_calculator.overbookings WHERE item_id = $1 ORDER BY night`,
      [itemId],
    );

  test('shows what bookings took, whether it is confirmed, and what the owner closed', async () => {
    const itemId = await hotel('CAL-1:STD', 5);
    const story = await takeRoom(itemId, 2);
    await database.query("SELECT booking.close_nights($1, '2030-07-03', '2030-07-05', 'owner-1')", [itemId]);
    await listen();
    const night = { taken: 2, confirmed: 0, closed: false, capacity: 5 };
    expect(await calendar(itemId)).toEqual([
      { ...night, night: '2030-07-01' },
      { ...night, night: '2030-07-02' },
      { ...night, night: '2030-07-03', closed: true },
      { ...night, night: '2030-07-04', taken: 0, closed: true },
    ]);
    await tell(database, story, 'booking.confirmed');
    await database.query("SELECT booking.open_nights($1, '2030-07-03', '2030-07-05', 'owner-1')", [itemId]);
    await listen();
    expect(await calendar(itemId)).toEqual(
      ['2030-07-01', '2030-07-02', '2030-07-03'].map((date) => ({ ...night, confirmed: 2, night: date })),
    );
  });

  test.each([
    ['stays', 'CAL-6'],
    ['travel', 'CAL-7'],
  ] as const)('a booking of the %s system is confirmed once its rate was applied', async (system, item) => {
    const itemId = await addItem(database, item, 1);
    const stories = [await takeRoom(itemId, 1, system), await takeRoom(itemId, 1, system)];
    await listen();
    const night = { taken: 2, confirmed: 0, closed: false, capacity: 1 };
    const nights = ['2030-07-01', '2030-07-02', '2030-07-03'];
    expect(await calendar(itemId)).toEqual(nights.map((date) => ({ ...night, night: date })));
    for (const story of stories) await tell(database, story, 'booking.confirmed');
    const messages = await takeTold(database);
    for (const group of [availabilityCalculator, paymentProcessor]) await hand(transactions, group, messages);
    expect(await calendar(itemId)).toEqual(nights.map((date) => ({ ...night, night: date, confirmed: 2 })));
    expect((await overbookings(itemId)).map(({ open }) => open)).toEqual([true, true, true]);
    expect(
      await database.query('SELECT state FROM payment_processor.bookings WHERE property_id = $1', [item]),
    ).toEqual([{ state: 'CONFIRMED' }, { state: 'CONFIRMED' }]);
  });

  test('a closing that comes again after the nights were opened closes nothing', async () => {
    const itemId = await hotel('CAL-5:STD', 5);
    await database.query("SELECT booking.close_nights($1, '2030-07-03', '2030-07-05', 'owner-1')", [itemId]);
    await database.query("SELECT booking.open_nights($1, '2030-07-03', '2030-07-05', 'owner-1')", [itemId]);
    const messages = await takeTold(database);
    await hand(transactions, availabilityCalculator, messages);
    // Past what the inbox remembers.
    await database.query('TRUNCATE consumers.inbox');
    await hand(transactions, availabilityCalculator, messages.slice(0, 1));
    expect(await calendar(itemId)).toEqual([]);
  });

  test('a change that moves a stay by a night takes it where it is now', async () => {
    const itemId = await hotel('CAL-2:STD', 5);
    const story = await takeRoom(itemId);
    await tell(database, story, 'booking.confirmed');
    await listen();
    const from = {
      ...{ itemId, itemName: 'Standard room', guests: 2, quantity: 1, price: usd(90_000) },
      stay: { start: '2030-06-30', end: '2030-07-03' },
    };
    await tell(database, story, 'booking.modified', { from });
    await listen();
    expect(await calendar(itemId)).toMatchObject(
      ['2030-07-01', '2030-07-02', '2030-07-03'].map((night) => ({ night, taken: 1 })),
    );
  });

  test('more confirmed than there is opens an overbooking, logs an alert, and closes when one is called off', async () => {
    const itemId = await hotel('CAL-3:STD', 1);
    const [one, other] = [await takeRoom(itemId), await takeRoom(itemId)];
    await tell(database, one, 'booking.confirmed');
    await listen();
    expect(await overbookings(itemId)).toEqual([]);
    await tell(database, other, 'booking.confirmed');
    const lines: object[] = [];
    const log = { error: (line: object) => lines.push(line) } as never;
    await hand(transactions, availabilityCalculator, await takeTold(database), log);
    const nights = ['2030-07-01', '2030-07-02', '2030-07-03'];
    const counts = { confirmed: 2, capacity: 1, allowed: 0 };
    expect(await overbookings(itemId)).toEqual(nights.map((night) => ({ night, ...counts, open: true })));
    const alerted = nights.map((night) => ({ itemId, night, ...counts }));
    expect(lines).toEqual([{ alert: 'overbooking', itemId, beyondAllowed: true, nights: alerted }]);
    expect(
      await database.query(
        `SELECT night::text, property_id, beyond_allowed FROM availability_calculator.open_overbookings
         WHERE item_id = $1`,
        [itemId],
      ),
    ).toEqual(nights.map((night) => ({ night, property_id: 'CAL-3', beyond_allowed: true })));
    await tell(database, other, 'booking.cancelled');
    await listen();
    expect((await overbookings(itemId)).map(({ open }) => open)).toEqual([false, false, false]);
  });

  test('a lowered capacity opens overbookings of nights to come, and none of those that are past', async () => {
    const itemId = await hotel('CAL-4:STD', 3);
    const stories = [await takeRoom(itemId), await takeRoom(itemId), await takeRoom(itemId)];
    for (const story of stories) await tell(database, story, 'booking.confirmed');
    await listen();
    await database.query('UPDATE booking.items SET capacity = 1, version = version + 1 WHERE id = $1', [
      itemId,
    ]);
    const far = "SELECT booking.close_nights($1, '2030-09-01', '2030-09-02', 'owner-1')";
    await database.query(far, [itemId]);
    // As if that had been on the second of July.
    await database.query("UPDATE booking.item_events SET at = '2030-07-02T10:00:00Z' WHERE item_id = $1", [
      itemId,
    ]);
    await listen();
    expect((await overbookings(itemId)).map(({ night }) => night)).toEqual(['2030-07-02', '2030-07-03']);
    // Two of three came: more than there are by now, on a night that was over before there were fewer.
    const [absent] = stories;
    if (!absent) throw new Error('three were booked');
    await tell(database, absent, 'booking.no-show');
    await database.query(
      "UPDATE booking.booking_events SET at = '2030-07-10T06:00:00Z' WHERE type = 'booking.no-show'",
    );
    await listen();
    expect((await overbookings(itemId)).map(({ night }) => night)).toEqual(['2030-07-02', '2030-07-03']);
  });
});

describe('the payment ledger view', () => {
  const listen = async () => hand(transactions, paymentProcessor, await takeTold(database));
  const holds = (story: Story) =>
    database.query(
      `SELECT authorization_id AS "authorizationId", authorized::integer, captured::integer, voided::integer,
              refunded::integer, withdrawn::integer, held::integer
       FROM payment_processor.authorizations WHERE booking_id = $1 ORDER BY authorization_id`,
      [story.id],
    );
  const ledger = async (story: Story) => {
    const [row] = await database.query<Record<string, number>>(
      `SELECT state, price::integer, captured::integer, refunded::integer, withdrawn::integer, paid_out::integer,
              commission::integer, balance::integer FROM payment_processor.ledger WHERE booking_id = $1`,
      [story.id],
    );
    return row;
  };
  /** What the product's own ledger says, in the words of the view: of a lost dispute listeners are not told. */
  const inLedger = async (story: Story) =>
    (await authorizationsOf(database, story.id)).map(({ disputed, chargedBack, currency: _, ...one }) => ({
      ...one,
      withdrawn: disputed + chargedBack,
    }));

  test('says what the ledger says, whatever became of the money', async () => {
    const itemId = await hotel('PAY-1:STD', 5);
    const story = await takeRoom(itemId);
    const authorizationId = `hold-${story.id}`;
    const on = (amount: number, more: object = {}) => ({ amount: usd(amount), authorizationId, ...more });
    await tell(database, story, 'booking.confirmed');
    const renewed = { amount: usd(90_000), authorizationId: `${authorizationId}-2` };
    await tell(database, story, 'payment.authorized', { ...renewed, reference: renewed.authorizationId });
    await tell(database, story, 'payment.voided', renewed);
    await tell(database, story, 'booking.checked-in');
    await tell(database, story, 'payment.captured', on(80_000, { released: usd(10_000) }));
    await tell(database, story, 'booking.checked-out');
    await tell(database, story, 'payment.settled', { amount: usd(60_000), commission: usd(8_000) });
    await tellAfterwards(database, story, 'r1', 'payment.refunded', on(10_000, { kind: 'refund' }));
    await tellAfterwards(database, story, 'r2', 'payment.captured', on(4_000, { kind: 'refund-failed' }));
    await tellAfterwards(database, story, 'd1', 'payment.disputed', on(30_000, { disputeId: 'd1' }));
    await tellAfterwards(database, story, 'd1', 'payment.dispute-won', on(30_000, { disputeId: 'd1' }));
    await tellAfterwards(database, story, 'd2', 'payment.disputed', on(20_000, { disputeId: 'd2' }));
    await tellAfterwards(database, story, 'd2', 'payment.dispute-lost', on(20_000, { disputeId: 'd2' }));
    await listen();
    expect(await holds(story)).toEqual(await inLedger(story));
    const { paidOut, commission, held, ownerOwes } = await balanceIn(database, story.id);
    expect(await ledger(story)).toEqual({
      ...{ state: 'CHECKED_OUT', price: 90_000, captured: 80_000, refunded: 6_000, withdrawn: 20_000 },
      ...{ paid_out: paidOut, commission, balance: held - ownerOwes },
    });
  });

  test('a cancelled booking’s hold is given up, and a capture that only its refund told was taken', async () => {
    const itemId = await hotel('PAY-2:STD', 5);
    const [one, other] = [await takeRoom(itemId), await takeRoom(itemId)];
    for (const [story, step, outcome] of [
      [one, 'void-authorization', 'voided'],
      [other, 'refund-payment', 'refunded'],
    ] as const) {
      await tell(database, story, 'booking.cancelled');
      const authorizationId = `hold-${story.id}`;
      await tell(database, story, 'undo.completed', { step, outcome, amount: usd(90_000), authorizationId });
    }
    await listen();
    for (const story of [one, other]) expect(await holds(story)).toEqual(await inLedger(story));
    expect(await ledger(one)).toMatchObject({ state: 'CANCELLED', captured: 0, balance: 0 });
    expect(await ledger(other)).toMatchObject({ captured: 90_000, refunded: 90_000, balance: 0 });
  });

  test('the settlement report adds up by property and day, and by month', async () => {
    const rooms = [await hotel('PAY-3:STD', 5), await hotel('PAY-3:SUITE', 5)];
    for (const itemId of rooms) {
      const story = await takeRoom(itemId);
      await tell(database, story, 'booking.confirmed');
      await tell(database, story, 'booking.checked-in');
      const authorizationId = `hold-${story.id}`;
      await tell(database, story, 'payment.captured', { amount: usd(90_000), authorizationId });
      await tell(database, story, 'booking.checked-out');
      await tell(database, story, 'payment.refunded', {
        amount: usd(5_000),
        authorizationId,
        kind: 'refund',
      });
      await tell(database, story, 'payment.settled', { amount: usd(76_500), commission: usd(8_500) });
    }
    await listen();
    const sums = {
      ...{ owner_id: 'owner-1', property_id: 'PAY-3', currency: 'USD' },
      ...{ gross: '180000', refunds: '10000', withdrawn: '0', fees: '17000', payouts: '153000' },
    };
    const report = (of: string, period: string) =>
      database.query(
        `SELECT owner_id, property_id, currency, ${period}::text, gross, refunds, withdrawn, fees, payouts
         FROM payment_processor.settlement_by_${of} WHERE property_id = 'PAY-3'`,
      );
    expect(await report('day', 'day')).toEqual([{ ...sums, day: '2030-06-01' }]);
    expect(await report('month', 'month')).toEqual([{ ...sums, month: '2030-06-01' }]);
  });
});
