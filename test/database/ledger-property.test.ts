import fc from 'fast-check';
import type { FactType } from '../../domain/booking-state';
import { isEnded } from '../../domain/booking-state';
import { type AuthorizationBalance, isBalanced, isSound } from '../../domain/ledger';
import { addItem } from '../support/bookings';
import { freshDatabase, type TestDatabase } from '../support/database';
import {
  authorizationsOf,
  balanceIn,
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

const MOVES = ['hold', 'capture', 'final-capture', 'void', 'refund', 'dispute', 'win', 'lose'] as const;
type Move = (typeof MOVES)[number];

/** A wish: which move, on which hold, of how much of what there is. What is not possible is left out. */
const wish = fc.record({
  move: fc.constantFrom(...MOVES),
  hold: fc.nat(2),
  percent: fc.integer({ min: 1, max: 100 }),
});
/** Wishes before the stay, during it and after it, and how it ends. */
const life = fc.record({
  before: fc.array(wish, { maxLength: 8 }),
  ending: fc.constantFrom('stay', 'cancel'),
  during: fc.array(wish, { maxLength: 6 }),
  afterwards: fc.array(wish, { maxLength: 6 }),
});

interface Dispute {
  readonly id: string;
  readonly authorizationId: string;
  readonly amount: number;
}

/** What was moved, kept beside the ledger: the test's own books. */
class Books {
  readonly holds: string[] = [];
  readonly disputes: Dispute[] = [];
  cases = 0;
  paidIn = 0;
  refunded = 0;
  paidOut = 0;
  commission = 0;
}

const refundable = (one: AuthorizationBalance) =>
  one.captured - one.refunded - one.disputed - one.chargedBack;

async function say(story: Story, books: Books, type: FactType, details: Readonly<Record<string, unknown>>) {
  if (!isEnded(story.state) || type === 'payment.settled') return await tell(database, story, type, details);
  books.cases += 1;
  return await tellAfterwards(database, story, `case-${books.cases}`, type, details);
}

/** Makes a wish come true where it is a legal move of money; answers whether it was. */
async function make(story: Story, books: Books, asked: { move: Move; hold: number; percent: number }) {
  const ended = isEnded(story.state);
  const part = (whole: number) => Math.max(1, Math.floor((whole * asked.percent) / 100));
  if (asked.move === 'hold') {
    if (ended) return;
    const authorizationId = `${story.id}-${books.holds.length}`;
    books.holds.push(authorizationId);
    const amount = usd(part(90_000));
    return await say(story, books, 'payment.authorized', {
      amount,
      authorizationId,
      reference: authorizationId,
    });
  }
  const found = (await authorizationsOf(database, story.id))[asked.hold];
  if (!found) return;
  const { authorizationId } = found;
  switch (asked.move) {
    case 'capture':
    case 'final-capture': {
      if (found.held < 1 || ended) return;
      const amount = part(found.held);
      const released = asked.move === 'capture' ? 0 : found.held - amount;
      books.paidIn += amount;
      const details = {
        amount: usd(amount),
        authorizationId,
        ...(released > 0 && { released: usd(released) }),
      };
      return await say(story, books, 'payment.captured', details);
    }
    case 'void':
      if (found.held < 1 || ended) return;
      return await say(story, books, 'payment.voided', { amount: usd(found.held), authorizationId });
    case 'refund': {
      if (refundable(found) < 1) return;
      const amount = part(refundable(found));
      books.refunded += amount;
      return await say(story, books, 'payment.refunded', { amount: usd(amount), authorizationId });
    }
    case 'dispute': {
      if (refundable(found) < 1) return;
      const dispute = { id: `d${books.cases}`, authorizationId, amount: part(refundable(found)) };
      books.disputes.push(dispute);
      return await say(story, books, 'payment.disputed', {
        ...{ amount: usd(dispute.amount), authorizationId, disputeId: dispute.id },
      });
    }
    case 'win':
    case 'lose': {
      const dispute = books.disputes.pop();
      if (!dispute) return;
      if (asked.move === 'lose') books.refunded += dispute.amount;
      const type = asked.move === 'win' ? 'payment.dispute-won' : 'payment.dispute-lost';
      const { amount, id: disputeId } = dispute;
      const details = { amount: usd(amount), authorizationId: dispute.authorizationId, disputeId };
      return await say(story, books, type, details);
    }
  }
}

async function check(story: Story, books: Books): Promise<void> {
  const authorizations = await authorizationsOf(database, story.id);
  for (const one of authorizations) if (!isSound(one)) throw new Error(`unsound: ${JSON.stringify(one)}`);
  const balance = await balanceIn(database, story.id);
  expect(isBalanced(balance)).toBe(true);
  const { paidIn, refunded, paidOut, commission } = books;
  expect(balance).toMatchObject({ paidIn, refunded, paidOut, commission });
  expect(balance.held).toBeGreaterThanOrEqual(0);
  expect(balance.ownerOwes).toBeGreaterThanOrEqual(0);
  const sum = (of: (one: AuthorizationBalance) => number) =>
    authorizations.reduce((total, one) => total + of(one), 0);
  expect(balance.paidIn).toBe(sum((one) => one.captured));
  expect(balance.refunded).toBe(sum((one) => one.refunded + one.chargedBack));
  expect(balance.disputed).toBe(sum((one) => one.disputed));
}

/** Pays the owner what is held, but for a tenth. */
async function settle(story: Story, books: Books): Promise<void> {
  const { held } = await balanceIn(database, story.id);
  if (held < 1) return;
  const commission = Math.floor(held / 10);
  books.commission += commission;
  books.paidOut += held - commission;
  const details = {
    amount: usd(held - commission),
    commission: usd(commission),
    reference: 'p',
    ownerId: 'o',
  };
  await say(story, books, 'payment.settled', details);
}

/** Gives up what a cancel leaves held, as its undo does. */
async function giveUp(story: Story): Promise<void> {
  for (const { authorizationId, held } of await authorizationsOf(database, story.id)) {
    const details = { step: 'void-authorization', amount: usd(held), authorizationId, outcome: 'voided' };
    if (held > 0) await tell(database, story, 'undo.completed', details);
  }
}

test('whatever legal moves money makes, both balances hold after each of them', async () => {
  const property = fc.asyncProperty(life, async ({ before, ending, during, afterwards }) => {
    const story = await openStory(database, 'PROP-001');
    const books = new Books();
    await tell(database, story, 'booking.accepted');
    await tell(database, story, 'payment.card-saved');
    await tell(database, story, 'booking.confirmed');
    const steps = async (wishes: typeof before) => {
      for (const asked of wishes) {
        await make(story, books, asked);
        await check(story, books);
      }
    };
    await steps(before);
    if (ending === 'cancel') {
      await tell(database, story, 'booking.cancelled');
      await giveUp(story);
    } else {
      await tell(database, story, 'booking.checked-in');
      await steps(during);
      await tell(database, story, 'booking.checked-out');
      await settle(story, books);
    }
    await check(story, books);
    await steps(afterwards);
    const [invoiced] = await database.query<{ total: number }>('SELECT booking.invoiced($1) AS total', [
      story.id,
    ]);
    const { paidIn, refunded } = await balanceIn(database, story.id);
    expect(invoiced?.total).toBe(paidIn - refunded);
  });
  await fc.assert(property, { numRuns: 60, seed: 20261121 });
}, 60_000);
