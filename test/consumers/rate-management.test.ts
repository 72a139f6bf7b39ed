import { rateManagementGroup } from '../../consumers/rate-management/group';
import type { PlanTerms } from '../../domain/rates/rate-plan';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import type { OutgoingMessage } from '../../platform/kafka/port';
import { MESSAGES } from '../../platform/messages/table';
import { openStory, type Story, tell, usd } from '../database/ledger-story';
import { addRoom } from '../support/bookings';
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

const NIGHTS = ['2030-07-01', '2030-07-02', '2030-07-03'];
const reviewAt = (at: string) => rateManagementGroup(() => new Date(at));
const inJune = reviewAt('2030-06-01T12:00:00Z');
const listen = async (group = inJune) => hand(transactions, group, await takeTold(database));

/** 20 % more from half full on, 120.00 a night, never above 130.00. */
const TERMS: PlanTerms = {
  ...{ currency: 'USD', seasons: [], weekdays: {}, lengthOfStay: [], earlyBird: [], lastMinute: [] },
  ...{ fees: [], taxes: [], leadTime: [], ceiling: 13_000 },
  occupancy: [{ atLeastBasisPoints: 5_000, changeBasisPoints: 2_000 }],
};

/** A room type of four rooms under that plan. */
async function roomUnderPlan(itemId: string): Promise<string> {
  await addRoom(database, itemId, 4);
  await putPlan(itemId, 0, TERMS);
  await takeTold(database);
  return itemId;
}

const putPlan = (itemId: string, version: number, terms: PlanTerms) =>
  database.query("SELECT booking.put_rate_plan($1, 'STANDARD', $2, $3, true, 'owner-1', '{}')", [
    itemId,
    version,
    JSON.stringify(terms),
  ]);

/** A booking of the nights from 1 to 4 July 2030 that has taken rooms of them. */
async function take(itemId: string, rooms: number): Promise<Story> {
  const story = await openStory(database, itemId, { system: 'hotel', quantity: rooms });
  await tell(database, story, 'booking.accepted');
  await tell(database, story, 'payment.authorized', { amount: usd(90_000), reference: `a-${story.id}` });
  const stay = [itemId, '2030-07-01', '2030-07-04', rooms];
  await database.query('SELECT booking.block_nights($1, $2, $3, $4, $5, $6)', [story.id, story.id, ...stay]);
  await tell(database, story, 'inventory.blocked');
  return story;
}

async function giveBack(itemId: string, story: Story, rooms: number): Promise<void> {
  await tell(database, story, 'booking.cancelled');
  await database.query('SELECT booking.release_nights($1, $1, $2, $3)', [story.id, itemId, rooms]);
  await tell(database, story, 'undo.completed', { step: 'release-nights' });
}

interface Told {
  readonly ratePlan: string;
  readonly planVersion: number;
  readonly before: { nights: { date: string; price: number }[] };
  readonly after: { nights: { date: string; price: number; occupancyPercent: number; applied: object[] }[] };
}
const reviews = async (itemId: string) =>
  (
    await database.query<{ details: Told }>(
      `SELECT details FROM booking.item_events WHERE item_id = $1 AND type = 'rate.updated'
       AND actor_id = 'rate-management-group' ORDER BY version`,
      [itemId],
    )
  ).map(({ details }) => details);
const prices = (told: Told | undefined) => told?.after.nights.map(({ date, price }) => `${date} ${price}`);
const allAt = (price: number, nights = NIGHTS) => nights.map((date) => `${date} ${price}`);

test('a price that occupancy moves is told once, and again only when it moves back', async () => {
  const itemId = await roomUnderPlan('RATE-1:STD');
  const small = await take(itemId, 1);
  await listen();
  expect(await reviews(itemId)).toEqual([]);
  const large = await take(itemId, 1);
  await listen();
  const [told, ...others] = await reviews(itemId);
  expect(others).toEqual([]);
  const rules = [
    { rule: 'occupancy', percent: 20 },
    { rule: 'ceiling', price: 130 },
  ];
  expect(told).toEqual({
    ...{ ratePlan: 'STANDARD', planVersion: 1, currency: 'USD', reason: 'price-review' },
    before: { nights: NIGHTS.map((date) => ({ date, price: 120 })) },
    after: { nights: NIGHTS.map((date) => ({ date, price: 130, occupancyPercent: 50, applied: rules })) },
  });
  const [message] = (await takeTold(database)).filter(({ topic }) => topic === 'rate.updated');
  expect(MESSAGES.rateUpdated.parse(JSON.parse(message?.value ?? ''))).toMatchObject({
    ...{ propertyId: 'RATE-1', itemId, updatedBy: 'rate-management-group', pricingDetails: told },
  });
  await take(itemId, 2);
  await listen();
  expect(await reviews(itemId)).toHaveLength(1);
  await giveBack(itemId, small, 1);
  await giveBack(itemId, large, 1);
  await listen();
  expect(await reviews(itemId)).toHaveLength(1);
});

test('once fewer are taken than the rule asks for, the plan’s own price is told', async () => {
  const itemId = await roomUnderPlan('RATE-2:STD');
  const story = await take(itemId, 2);
  await listen();
  await giveBack(itemId, story, 2);
  await listen();
  expect((await reviews(itemId)).map(prices)).toEqual([allAt(130), allAt(120)]);
});

test('what held for a moment only is not told, when the group lags or its view is built again', async () => {
  const itemId = await roomUnderPlan('RATE-3:STD');
  const messages: OutgoingMessage[] = [];
  const story = await take(itemId, 2);
  await giveBack(itemId, story, 2);
  messages.push(...(await takeTold(database)));
  await hand(transactions, inJune, messages);
  expect(await reviews(itemId)).toEqual([]);
  await take(itemId, 3);
  messages.push(...(await takeTold(database)));
  await hand(transactions, inJune, messages);
  expect((await reviews(itemId)).map(prices)).toEqual([allAt(130)]);
  await database.query(
    'TRUNCATE rate_management.bookings, rate_management.taken_nights, rate_management.applied',
  );
  await database.query("DELETE FROM consumers.inbox WHERE group_id = 'rate-management-group'");
  await hand(transactions, inJune, messages);
  expect(await reviews(itemId)).toHaveLength(1);
});

test('nights that are past, or beyond the horizon of a year, are not reviewed', async () => {
  const itemId = await roomUnderPlan('RATE-4:STD');
  await take(itemId, 2);
  // The first night is over where the room is, in Berlin.
  await listen(reviewAt('2030-07-01T22:30:00Z'));
  expect((await reviews(itemId)).map(prices)).toEqual([allAt(130, NIGHTS.slice(1))]);
  const other = await roomUnderPlan('RATE-5:STD');
  await take(other, 2);
  await listen(reviewAt('2029-07-02T12:00:00Z'));
  expect((await reviews(other)).map(prices)).toEqual([['2030-07-01 130']]);
});

test('of a plan that its owner laid down anew, no review has told anything', async () => {
  const itemId = await roomUnderPlan('RATE-6:STD');
  await take(itemId, 2);
  await listen();
  await putPlan(itemId, 1, { ...TERMS, basePrice: 10_000 });
  await take(itemId, 1);
  await listen();
  const [, told] = await reviews(itemId);
  expect(told?.planVersion).toBe(2);
  expect(told?.before.nights[0]?.price).toBe(100);
  expect(prices(told)).toEqual(allAt(120));
});

test('an item without dynamic rules, and what an owner closes, are no matter for a review', async () => {
  const itemId = await addRoom(database, 'RATE-7:STD', 2);
  await take(itemId, 2);
  const dynamic = await roomUnderPlan('RATE-8:STD');
  await database.query("SELECT booking.close_nights($1, '2030-07-01', '2030-07-04', 'owner-1')", [dynamic]);
  await listen();
  expect([...(await reviews(itemId)), ...(await reviews(dynamic))]).toEqual([]);
});

test('its own rate.updated is none of what it reads', () => {
  expect(Object.keys(inJune.topics)).not.toContain('rateUpdated');
});

test('usage counts how often a rate was applied, and nights and revenue of what was not called off', async () => {
  const itemId = await addRoom(database, 'RATE-9:STD', 5);
  const stories = [await take(itemId, 1), await take(itemId, 2)];
  for (const story of stories) await tell(database, story, 'booking.confirmed');
  await listen();
  const usage = () =>
    database.query(
      'SELECT plan, currency, applied, bookings, nights, revenue FROM rate_management.usage WHERE item_id = $1',
      [itemId],
    );
  const standard = { plan: 'STANDARD', currency: 'USD', applied: 2, bookings: 2 };
  expect(await usage()).toEqual([{ ...standard, nights: 9, revenue: '180000' }]);
  const [one, other] = stories;
  if (!one || !other) throw new Error('two were booked');
  const from = {
    ...{ itemId, itemName: 'Standard room', guests: 2, quantity: 1, price: usd(60_000) },
    stay: { start: '2030-06-30', end: '2030-07-03' },
  };
  await tell(database, one, 'booking.modified', { from });
  await giveBack(itemId, other, 2);
  await listen();
  expect(await usage()).toEqual([{ ...standard, applied: 3, nights: 3, revenue: '90000' }]);
});
