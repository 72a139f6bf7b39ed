import { isBalanced } from '../../domain/ledger';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import {
  authorizationsOf,
  balanceIn,
  linesOf,
  openStory,
  type Story,
  tell,
  tellAfterwards,
  usd,
} from './ledger-story';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await addItem(database, 'PROP-001');
});
afterAll(() => database.close());

let holds = 0;

/** A confirmed booking with a hold of its whole price. */
async function confirmed(): Promise<{ story: Story; authorizationId: string }> {
  holds += 1;
  const authorizationId = `auth-${holds}`;
  const story = await openStory(database, 'PROP-001');
  await tell(database, story, 'booking.accepted');
  await tell(
    database,
    story,
    'payment.authorized',
    { amount: usd(90_000), reference: authorizationId },
    { authorizationId, paymentStatus: 'authorized' },
  );
  await tell(database, story, 'booking.confirmed');
  return { story, authorizationId };
}

async function settled() {
  const { story, authorizationId } = await confirmed();
  await tell(database, story, 'booking.checked-in');
  await tell(database, story, 'payment.captured', { amount: usd(90_000), authorizationId });
  await tell(database, story, 'booking.checked-out');
  const commission = usd(9_000);
  await tell(
    database,
    story,
    'payment.settled',
    { amount: usd(81_000), commission },
    { paymentStatus: 'settled' },
  );
  return { story, authorizationId };
}

const paymentStatus = async ({ id }: Story) =>
  (
    await database.query<{ status: string }>(
      'SELECT payment_status AS status FROM booking.bookings WHERE id = $1',
      [id],
    )
  )[0]?.status;

test('a stay that is taken and paid out leaves nothing with us', async () => {
  const { story } = await settled();
  expect(await linesOf(database, story.id)).toEqual([
    { account: 'guest', amount: -90_000, currency: 'USD' },
    { account: 'clearing', amount: 90_000, currency: 'USD' },
    { account: 'clearing', amount: -90_000, currency: 'USD' },
    { account: 'owner', amount: 81_000, currency: 'USD' },
    { account: 'house', amount: 9_000, currency: 'USD' },
  ]);
  expect(await authorizationsOf(database, story.id)).toMatchObject([
    { authorized: 90_000, captured: 90_000, held: 0 },
  ]);
});

test('a fee is taken from a hold of the first release, which its facts do not name, and the rest is given up', async () => {
  const { story } = await confirmed();
  await tell(database, story, 'booking.cancelled');
  await tell(database, story, 'payment.captured', { amount: usd(30_000), reference: 'r' });
  const rest = { step: 'void-authorization', amount: usd(60_000), outcome: 'rest-released' };
  await tell(database, story, 'undo.completed', rest);
  expect(await authorizationsOf(database, story.id)).toMatchObject([
    { authorized: 90_000, captured: 30_000, voided: 60_000, held: 0 },
  ]);
});

test('a last capture below the hold gives the rest up', async () => {
  const { story, authorizationId } = await confirmed();
  await tell(database, story, 'booking.checked-in');
  const captured = { amount: usd(50_000), authorizationId, released: usd(40_000) };
  await tell(database, story, 'payment.captured', captured);
  expect(await authorizationsOf(database, story.id)).toMatchObject([
    { captured: 50_000, voided: 40_000, held: 0 },
  ]);
});

test('a capture that only its undo found out went in and out again', async () => {
  const { story, authorizationId } = await confirmed();
  await tell(database, story, 'booking.cancelled');
  const undo = { step: 'refund-payment', amount: usd(90_000), authorizationId, outcome: 'refunded' };
  await tell(database, story, 'undo.completed', undo);
  const nothing = {
    step: 'void-authorization',
    amount: usd(90_000),
    authorizationId,
    outcome: 'nothing-held',
  };
  await tell(database, story, 'undo.completed', nothing);
  expect(await authorizationsOf(database, story.id)).toMatchObject([
    { captured: 90_000, refunded: 90_000, voided: 0, held: 0 },
  ]);
  expect(await balanceIn(database, story.id)).toMatchObject({ paidIn: 90_000, refunded: 90_000, held: 0 });
});

test('a hold that only its undo found out was taken and given up', async () => {
  const story = await openStory(database, 'PROP-001');
  await tell(database, story, 'booking.accepted');
  await tell(database, story, 'booking.cancelled');
  const undo = {
    step: 'void-authorization',
    amount: usd(90_000),
    authorizationId: 'unseen',
    outcome: 'voided',
  };
  await tell(database, story, 'undo.completed', undo);
  expect(await authorizationsOf(database, story.id)).toMatchObject([
    { authorizationId: 'unseen', authorized: 90_000, voided: 90_000, held: 0 },
  ]);
});

test('what goes back after the owner was paid is owed by the owner', async () => {
  const { story, authorizationId } = await settled();
  const refund = { amount: usd(20_000), authorizationId, reference: 'r1', kind: 'refund' };
  await tellAfterwards(database, story, 'c1', 'payment.refunded', refund);
  await tellAfterwards(database, story, 'c1', 'payment.refunded', refund);
  const balance = await balanceIn(database, story.id);
  expect(balance).toMatchObject({
    paidIn: 90_000,
    refunded: 20_000,
    paidOut: 81_000,
    ownerOwes: 20_000,
    held: 0,
  });
  expect(isBalanced(balance)).toBe(true);
  expect(await paymentStatus(story)).toBe('settled');
  expect(story.sequence).toBe(9);
  await tellAfterwards(database, story, 'c2', 'payment.refunded', { ...refund, amount: usd(70_000) });
  expect(await paymentStatus(story)).toBe('refunded');
});

test('a dispute withdraws the money until it is decided', async () => {
  const { story, authorizationId } = await settled();
  const dispute = { amount: usd(90_000), authorizationId, disputeId: 'd1' };
  await tellAfterwards(database, story, 'd1', 'payment.disputed', dispute);
  expect(await balanceIn(database, story.id)).toMatchObject({ disputed: 90_000, ownerOwes: 90_000 });
  expect(await paymentStatus(story)).toBe('disputed');
  await tellAfterwards(database, story, 'd1', 'payment.dispute-won', dispute);
  expect(await balanceIn(database, story.id)).toMatchObject({
    disputed: 0,
    ownerOwes: 0,
    held: 0,
    refunded: 0,
  });
  expect(await paymentStatus(story)).toBe('settled');
  await tellAfterwards(database, story, 'd2', 'payment.disputed', dispute);
  await tellAfterwards(database, story, 'd2', 'payment.dispute-lost', dispute);
  expect(await balanceIn(database, story.id)).toMatchObject({
    disputed: 0,
    ownerOwes: 90_000,
    refunded: 90_000,
  });
  expect(await paymentStatus(story)).toBe('refunded');
});

test.each([
  ['more is taken than was held', 'payment.captured', 90_001, 'no_more_than_authorized'],
  ['more goes back than was taken', 'payment.refunded', 1, 'no_more_than_captured'],
] as const)('a step is refused where %s', async (_, type, amount, constraint) => {
  const { story, authorizationId } = await confirmed();
  await expect(tell(database, story, type, { amount: usd(amount), authorizationId })).rejects.toThrow(
    constraint,
  );
  const [row] = await database.query('SELECT sequence FROM booking.bookings WHERE id = $1', [story.id]);
  expect(row).toEqual({ sequence: story.sequence });
});

test('lines that do not add up, and edits, are refused whoever writes', async () => {
  const { story } = await settled();
  const enter = (account: string, amount: number, line: number) => `
    ((SELECT fact_id FROM booking.booking_events WHERE booking_id = '${story.id}' LIMIT 1), ${line}, '${story.id}',
     '${account}', ${amount}, 'USD')`;
  const insert = 'INSERT INTO booking.ledger_entries VALUES';
  await expect(
    database.query(`${insert} ${enter('owner', 5, 90)}, ${enter('house', -4, 91)}`),
  ).rejects.toThrow('do not add up');
  await expect(database.query('UPDATE booking.ledger_entries SET amount = 1')).rejects.toThrow(
    'only ever added',
  );
  await expect(database.query('DELETE FROM booking.ledger_entries')).rejects.toThrow('only ever added');
});

describe('a case', () => {
  const open = async ({ id }: Story, caseId: string, amount?: number) => {
    const p = {
      bookingId: id,
      caseId,
      kind: 'refund',
      amount,
      openedBy: 'owner-1',
      at: '2030-07-10T00:00:00Z',
    };
    const [row] = await database.query<{ answer: object }>('SELECT booking.open_payment_case($1) AS answer', [
      JSON.stringify(p),
    ]);
    return row?.answer;
  };

  test('sets aside what it gives back, so that another one finds only the rest', async () => {
    const { story, authorizationId } = await settled();
    const first = { opened: true, parts: [{ authorizationId, amount: 60_000 }], currency: 'USD' };
    expect(await open(story, 'a', 60_000)).toEqual(first);
    expect(await open(story, 'a', 60_000)).toEqual(first);
    expect(await open(story, 'b', 30_001)).toEqual({ refundable: 30_000, currency: 'USD' });
    // Once it is given back it is counted as that, and not twice.
    const details = { amount: usd(60_000), authorizationId, caseId: 'a' };
    await tellAfterwards(database, story, 'a', 'payment.refunded', details);
    expect(await open(story, 'b')).toMatchObject({ parts: [{ amount: 30_000 }] });
    expect(await open(story, 'c', 1)).toEqual({ refundable: 0, currency: 'USD' });
  });

  test('takes from the newest hold first', async () => {
    const { story, authorizationId } = await confirmed();
    await tell(database, story, 'payment.captured', {
      amount: usd(10_000),
      authorizationId,
      released: usd(80_000),
    });
    const second = { amount: usd(50_000), authorizationId: `${authorizationId}-2`, reference: 'r' };
    await database.query(`UPDATE booking.authorizations SET created_at = created_at - interval '1 day'
      WHERE booking_id = '${story.id}'`);
    await tell(database, story, 'payment.authorized', second);
    await tell(database, story, 'payment.captured', second);
    expect(await open(story, 'all', 55_000)).toMatchObject({
      parts: [
        { authorizationId: `${authorizationId}-2`, amount: 50_000 },
        { authorizationId, amount: 5_000 },
      ],
    });
  });
});
