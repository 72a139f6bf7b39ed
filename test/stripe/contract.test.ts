import { Pool } from 'pg';
import type { PaymentGateway } from '../../activities/payment-gateway';
import { PaymentSimulator } from '../../activities/payment-simulator/simulator';
import { simulatorDesk } from '../../api/development/simulator-desk';
import type { AuthorizeRequest } from '../../domain/payment';
import { freshDatabase, type TestDatabase } from '../support/database';
import { FakeStripe } from './support/fake-stripe';
import { BOOKING, stripeWorld } from './support/stripe-world';

/*
 * What the port promises, held against both adapters: the simulator over its books, and Stripe over something that
 * behaves as its API does.
 */

type Card = 'approved' | 'declined' | 'insufficient_funds' | 'requires_action';

interface Provider {
  readonly gateway: PaymentGateway;
  token(card: Card): string;
  /** The cardholder of the payment or card that waits has answered. */
  cardholder(approves: boolean): Promise<void>;
  /** How many holds are open. */
  held(): Promise<number>;
  close(): Promise<void>;
}

async function simulator(): Promise<Provider> {
  const database = await freshDatabase();
  const books = new Pool({ connectionString: database.url, max: 2 });
  const desk = simulatorDesk({ DATABASE_URL: database.url });
  return {
    gateway: new PaymentSimulator(books),
    token: (card) => `tok_${card}`,
    async cardholder(approves) {
      for (const id of await waitingAt(database)) await desk.confirm(id, approves);
    },
    async held() {
      const sql = `SELECT 1 FROM payment_simulator.authorizations WHERE status = 'held'`;
      return (await database.query(sql)).length;
    },
    async close() {
      await desk.close();
      await books.end();
      await database.close();
    },
  };
}

async function waitingAt(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT authorization_id AS id FROM payment_simulator.authorizations WHERE status = 'requires_action'
     UNION ALL SELECT card_reference FROM payment_simulator.cards WHERE status = 'requires_action'`,
  );
  return rows.map(({ id }) => id);
}

let fake: FakeStripe;

async function stripe(): Promise<Provider> {
  fake = await FakeStripe.start();
  const world = await stripeWorld(fake.url);
  await world.database.query(`INSERT INTO booking.payout_accounts VALUES ('owner-1', 'acct_1')`);
  return {
    gateway: world.gateway,
    token: (card) => `pm_${card}`,
    cardholder: async (approves) => fake.cardholder(approves),
    held: async () => fake.count('pi', 'requires_capture'),
    async close() {
      await world.close();
      await fake.close();
    },
  };
}

const usd = (amount: number) => ({ amount, currency: 'USD' });

describe.each([
  ['the simulator', simulator],
  ['Stripe', stripe],
])('%s', (_name, open) => {
  let provider: Provider;
  let gateway: PaymentGateway;
  let round = 0;

  beforeAll(async () => {
    provider = await open();
    gateway = provider.gateway;
  });
  beforeEach(() => {
    round += 1;
  });
  afterAll(() => provider.close());

  const request = (card: Card, change: Partial<AuthorizeRequest> = {}): AuthorizeRequest => ({
    key: `${BOOKING}/authorize/${round}`,
    bookingId: BOOKING,
    token: provider.token(card),
    amount: usd(12_000),
    ...change,
  });
  const held = async (): Promise<string> => {
    const answer = await gateway.authorize(request('approved'));
    if (answer.outcome !== 'authorized') throw new Error(`it is ${answer.outcome}`);
    return answer.authorizationId;
  };
  const capture = (authorizationId: string, amount = 12_000) =>
    gateway.capture({ key: `${BOOKING}/capture/${round}`, authorizationId, amount: usd(amount) });
  const giveBack = (authorizationId: string) =>
    gateway.void({ key: `${BOOKING}/void/${round}`, authorizationId });
  const refund = (authorizationId: string, amount: number, part = 1) =>
    gateway.refund({ key: `${BOOKING}/refund/${round}/${part}`, authorizationId, amount: usd(amount) });

  test('the same key takes one hold, however often it is asked for', async () => {
    const before = await provider.held();
    const first = await gateway.authorize(request('approved'));
    expect(first.outcome).toBe('authorized');
    expect(await gateway.authorize(request('approved'))).toEqual(first);
    expect(await provider.held()).toBe(before + 1);
  });

  test('two who ask at once get the same hold', async () => {
    const before = await provider.held();
    const [one, other] = await Promise.all([
      gateway.authorize(request('approved')),
      gateway.authorize(request('approved')),
    ]);
    expect(one).toEqual(other);
    expect(await provider.held()).toBe(before + 1);
  });

  test.each([
    ['declined', 'card_declined'],
    ['insufficient_funds', 'insufficient_funds'],
  ] as const)('a card that is %s stays so under its key', async (card, code) => {
    const answer = { outcome: 'declined', code };
    expect(await gateway.authorize(request(card))).toEqual(answer);
    expect(await gateway.authorize(request(card))).toEqual(answer);
  });

  test('a token that nobody knows is a decline', async () => {
    expect(await gateway.authorize(request('approved', { token: 'no-such-token' }))).toEqual({
      outcome: 'declined',
      code: 'unknown_token',
    });
  });

  test('a cardholder who is asked: nothing is held until they confirm, and the same key then says so', async () => {
    const before = await provider.held();
    const asked = await gateway.authorize(request('requires_action'));
    expect(asked).toMatchObject({ outcome: 'requires_action', actionUrl: expect.stringMatching(/^http/) });
    expect(await gateway.authorize(request('requires_action'))).toEqual(asked);
    expect(await provider.held()).toBe(before);
    await provider.cardholder(true);
    const { authorizationId } = asked as { authorizationId: string };
    expect(await gateway.authorize(request('requires_action'))).toEqual({
      outcome: 'authorized',
      authorizationId,
    });
    expect(await capture(authorizationId)).toMatchObject({ outcome: 'done' });
  });

  test('a cardholder who refuses: declined', async () => {
    await gateway.authorize(request('requires_action'));
    await provider.cardholder(false);
    expect(await gateway.authorize(request('requires_action'))).toEqual({
      outcome: 'declined',
      code: 'authentication_failed',
    });
  });

  test('a payment that waits for its cardholder can be given back, and then confirms nothing', async () => {
    const before = await provider.held();
    const asked = await gateway.authorize(request('requires_action'));
    const { authorizationId } = asked as { authorizationId: string };
    expect(await giveBack(authorizationId)).toMatchObject({ outcome: 'done' });
    await provider.cardholder(true);
    expect(await provider.held()).toBe(before);
  });

  test('a hold is captured in part, once; the rest is released', async () => {
    const before = await provider.held();
    const id = await held();
    expect(await capture(id, 9_000)).toEqual({ outcome: 'done', reference: id });
    expect(await capture(id, 9_000)).toMatchObject({ outcome: 'done' });
    expect(await capture(id, 8_000)).toMatchObject({ outcome: 'rejected' });
    expect(await giveBack(id)).toMatchObject({ outcome: 'rejected' });
    expect(await provider.held()).toBe(before);
  });

  test('no more than is held can be captured', async () => {
    expect(await capture(await held(), 12_001)).toMatchObject({ outcome: 'rejected' });
  });

  test('a hold is given back once, and cannot be captured then', async () => {
    const id = await held();
    expect(await giveBack(id)).toEqual({ outcome: 'done', reference: id });
    expect(await giveBack(id)).toMatchObject({ outcome: 'done' });
    expect(await capture(id)).toMatchObject({ outcome: 'rejected' });
  });

  test('what was authorized and given back says so under its key, for the undo that asks again', async () => {
    const id = await held();
    await giveBack(id);
    expect(await gateway.authorize(request('approved'))).toEqual({
      outcome: 'authorized',
      authorizationId: id,
    });
  });

  test('what was captured is refunded in parts, each once, and no more than there was', async () => {
    const id = await held();
    await capture(id, 10_000);
    const first = await refund(id, 4_000);
    expect(first).toMatchObject({ outcome: 'done' });
    expect(await refund(id, 4_000)).toEqual(first);
    expect(await refund(id, 6_000, 2)).toMatchObject({ outcome: 'done' });
    expect(await refund(id, 1, 3)).toEqual({ outcome: 'rejected', code: 'nothing_to_refund' });
  });

  test('what was not captured cannot be refunded', async () => {
    expect(await refund(await held(), 1)).toEqual({ outcome: 'rejected', code: 'nothing_to_refund' });
  });

  test('an owner is paid once', async () => {
    const payout = { key: `${BOOKING}/settle`, bookingId: BOOKING, ownerId: 'owner-1', amount: usd(12_000) };
    const first = await gateway.settle(payout);
    expect(first).toMatchObject({ outcome: 'done' });
    expect(await gateway.settle(payout)).toEqual(first);
  });

  const saving = (card: Card) => ({
    key: `${BOOKING}/card/${round}`,
    bookingId: BOOKING,
    travelerId: 'traveler-1',
    token: provider.token(card),
  });

  test('a saved card is charged while its holder is away', async () => {
    const saved = await gateway.saveCard(saving('approved'));
    if (saved.outcome !== 'saved') throw new Error(`it is ${saved.outcome}`);
    expect(await gateway.saveCard(saving('approved'))).toEqual(saved);
    const charged = request('approved', { token: saved.card, offSession: true });
    expect(await gateway.authorize(charged)).toMatchObject({ outcome: 'authorized' });
  });

  test('a card whose holder is asked is saved once they confirm, and is not asked about again', async () => {
    expect(await gateway.saveCard(saving('requires_action'))).toMatchObject({ outcome: 'requires_action' });
    await provider.cardholder(true);
    const saved = await gateway.saveCard(saving('requires_action'));
    if (saved.outcome !== 'saved') throw new Error(`it is ${saved.outcome}`);
    const charged = request('approved', { token: saved.card, offSession: true });
    expect(await gateway.authorize(charged)).toMatchObject({ outcome: 'authorized' });
  });

  test('a card whose holder refuses, or that is declined, is not saved', async () => {
    await gateway.saveCard(saving('requires_action'));
    await provider.cardholder(false);
    const refused = { outcome: 'declined', code: 'authentication_failed' };
    expect(await gateway.saveCard(saving('requires_action'))).toEqual(refused);
    round += 1;
    expect(await gateway.saveCard(saving('declined'))).toEqual({
      outcome: 'declined',
      code: 'card_declined',
    });
  });
});

describe('Stripe, after it has forgotten its keys', () => {
  let provider: Provider;
  beforeAll(async () => {
    provider = await stripe();
  });
  afterEach(() => fake.loseAnswers(undefined));
  afterAll(() => provider.close());

  const key = `${BOOKING}/late`;
  const authorize = () =>
    provider.gateway.authorize({ key, bookingId: BOOKING, token: 'pm_approved', amount: usd(12_000) });

  test('a hold whose answer was lost is found days later, and no second one taken', async () => {
    fake.loseAnswers(/confirm$/);
    expect(await authorize()).toMatchObject({ outcome: 'unknown' });
    fake.loseAnswers(undefined);
    fake.forgetKeys();
    expect(await authorize()).toMatchObject({ outcome: 'authorized' });
    expect(fake.count('pi')).toBe(1);
  });

  test('a PaymentIntent whose making was lost is made again, and the first one holds nothing', async () => {
    fake.loseAnswers(/^POST \/v1\/payment_intents$/);
    const again = { key: `${key}/2`, bookingId: BOOKING, token: 'pm_approved', amount: usd(12_000) };
    await expect(provider.gateway.authorize(again)).rejects.toMatchObject({ name: 'GatewayUnreachable' });
    fake.loseAnswers(undefined);
    fake.forgetKeys();
    const before = fake.count('pi', 'requires_capture');
    expect(await provider.gateway.authorize(again)).toMatchObject({ outcome: 'authorized' });
    expect(fake.count('pi', 'requires_capture')).toBe(before + 1);
  });

  test.each(['refunds', 'transfers'])('%s whose answers were lost are not made twice', async (kind) => {
    const { authorizationId } = (await authorize()) as { authorizationId: string };
    await provider.gateway.capture({ key, authorizationId, amount: usd(12_000) });
    const move = () =>
      kind === 'refunds'
        ? provider.gateway.refund({ key: `${key}/refund`, authorizationId, amount: usd(1_000) })
        : provider.gateway.settle({
            ...{ key: `${key}/settle`, bookingId: BOOKING, ownerId: 'owner-1', amount: usd(11_000) },
          });
    fake.loseAnswers(new RegExp(`^POST /v1/${kind}$`));
    expect(await move()).toMatchObject({ outcome: 'unknown' });
    fake.loseAnswers(undefined);
    fake.forgetKeys();
    expect(await move()).toMatchObject({ outcome: 'done' });
    expect(fake.count(kind === 'refunds' ? 're' : 'tr')).toBe(1);
  });

  test('a hold that ran out cannot be captured, and is given back', async () => {
    const late = { key: `${key}/3`, bookingId: BOOKING, token: 'pm_approved', amount: usd(12_000) };
    const { authorizationId } = (await provider.gateway.authorize(late)) as { authorizationId: string };
    fake.expireHolds();
    expect(await provider.gateway.capture({ key, authorizationId, amount: usd(12_000) })).toEqual({
      outcome: 'rejected',
      code: 'hold_expired',
    });
    expect(await provider.gateway.void({ key, authorizationId })).toMatchObject({ outcome: 'done' });
  });
});

test('the simulator: a hold that runs out, and a card that is declined once its holder is away', async () => {
  const provider = await simulator();
  const { gateway } = provider;
  const common = { bookingId: BOOKING, amount: usd(12_000) };
  const expiring = await gateway.authorize({ key: 'a', token: 'tok_hold_expires', ...common });
  const { authorizationId } = expiring as { authorizationId: string };
  const expired = { outcome: 'rejected', code: 'hold_expired' };
  expect(await gateway.capture({ key: 'b', authorizationId, amount: usd(12_000) })).toEqual(expired);
  expect(await gateway.capture({ key: 'b', authorizationId, amount: usd(12_000) })).toEqual(expired);
  expect(await gateway.void({ key: 'c', authorizationId })).toMatchObject({ outcome: 'done' });

  const saving = { key: 'd', bookingId: BOOKING, travelerId: 'ann', token: 'tok_declined_later' };
  const { card } = (await gateway.saveCard(saving)) as { card: string };
  expect(await gateway.authorize({ key: 'e', token: card, offSession: true, ...common })).toEqual({
    outcome: 'declined',
    code: 'card_declined',
  });
  expect(await gateway.authorize({ key: 'f', token: card, ...common })).toMatchObject({
    outcome: 'authorized',
  });
  await provider.close();
});
