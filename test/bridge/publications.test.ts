import { publishedMessage } from '../../bridge/publication';
import { publish } from '../../consumers/publish';
import { openTransactions, type Transactions } from '../../platform/database/transactions';
import { RelayWorld, until } from './relay-world';

const ANALYTICS = 'analytics-engine-group';
const AT = '2027-01-02T03:04:05.678Z';

let world: RelayWorld;
let transactions: Transactions;
beforeAll(async () => {
  world = await RelayWorld.create();
  transactions = openTransactions({
    ...{ url: world.database.url, applicationName: 'test consumers', poolSize: 1, timeoutMs: 2_000 },
  });
});
afterAll(async () => {
  await transactions.close();
  await world.close();
});

const alert = (subject: string) => ({
  confirmationNumber: null,
  ...{ propertyId: null, itemId: null, ownerId: null, alertId: `a-${subject}`, kind: 'lag' as const },
  ...{ status: 'opened' as const, subject, text: 'owner-group is behind.', observed: {}, threshold: {} },
});

function say(event: string, key: string, publisher = ANALYTICS): Promise<boolean> {
  const publication = {
    publisher,
    event,
    key,
    at: AT,
    topic: 'analyticsAlert' as const,
    message: alert(event),
  };
  return transactions.run((transaction) => publish(transaction, publication));
}

const outbox = () => world.database.query('SELECT publication FROM booking.outbox ORDER BY id');

test('an event is published once, however often its group does it, and only if the transaction is committed', async () => {
  expect([await say('e1', 'K'), await say('e1', 'K')]).toEqual([true, false]);
  await expect(
    transactions.run(async (transaction) => {
      const message = alert('e2');
      await publish(transaction, {
        ...{ publisher: ANALYTICS, event: 'e2', key: 'K', at: AT, topic: 'analyticsAlert', message },
      });
      throw new Error('the handler failed afterwards');
    }),
  ).rejects.toThrow('the handler failed afterwards');
  expect(await outbox()).toEqual([{ publication: 'analyticsAlert/K' }]);
  await world.database.query('TRUNCATE booking.outbox, booking.publications');
});

test('nobody publishes on a topic of somebody else, nor what does not fit it', async () => {
  await expect(say('e1', 'K', 'owner-group')).rejects.toThrow(
    'owner-group may not publish on analytics.alert',
  );
  const message = { ...alert('e1'), status: 'seen' as 'opened' };
  const bad = {
    publisher: ANALYTICS,
    event: 'e1',
    key: 'K',
    at: AT,
    topic: 'analyticsAlert' as const,
    message,
  };
  await expect(transactions.run((transaction) => publish(transaction, bad))).rejects.toThrow('status');
  expect(await outbox()).toEqual([]);
});

test('a row that names another’s topic, no topic or nothing at all is not sent', () => {
  const RENAMES = { KAFKA_REQUEST_TOPIC: 'booking-requests', KAFKA_RESPONSE_TOPIC: 'booking-updates' };
  const published = { publisher: 'owner-group', topic: 'analyticsAlert', key: 'K', message: '{}', at: AT };
  const row = {
    id: '1',
    lane: 0,
    fact_id: 'f1',
    waited: 0,
    booking_id: null,
    item_id: null,
    publication: 'x',
  };
  const send = (columns: typeof published | null) => () =>
    publishedMessage({ ...row, published: columns }, RENAMES);
  expect(send(published)).toThrow('owner-group may not publish on analytics.alert');
  expect(send({ ...published, topic: 'weather' })).toThrow('topic is "weather"');
  expect(send(null)).toThrow('the publication f1 is missing');
});

test('the relay sends it as it stands; a refused one holds back the later ones of its topic and key alone', async () => {
  const own = `relay-${process.pid}-${Date.now()}`;
  const [stuck, fine] = [`${own}-stuck`, `${own}-fine`];
  await say('first', stuck);
  await say('second', stuck);
  await say('other', fine);
  const setStatus = (status: string) =>
    world.database.query(
      `UPDATE booking.publications SET message = jsonb_set(message::jsonb, '{status}', to_jsonb($1::text)) WHERE event = 'first'`,
      [status],
    );
  await setStatus('seen');
  await world.startRelay();
  const listener = await world.listen(['analytics.alert']);
  const heard = (key: string) => listener.told('analytics.alert', key).map(({ subject }) => subject);
  await until('the other key was told', async () => heard(fine).length === 1);
  await until('the refused one and the one behind it are left', async () => (await world.outboxRows()) === 2);
  expect(heard(stuck)).toEqual([]);
  const [refused] = await world.database.query(
    'SELECT publication, refusal FROM booking.outbox WHERE refused_at IS NOT NULL',
  );
  expect(refused).toMatchObject({
    publication: `analyticsAlert/${stuck}`,
    refusal: expect.stringContaining('does not fit analytics.alert: status'),
  });

  await setStatus('opened');
  await world.database.query('UPDATE booking.outbox SET refused_at = NULL, refusal = NULL');
  await world.untilOutboxEmpty();
  await until('the rest was told', async () => heard(stuck).length === 2);
  expect(heard(stuck)).toEqual(['first', 'second']);

  const message = listener.heard.find(({ key }) => key === fine);
  const { ce_id: id, ce_factid: factId, ...headers } = message?.headers ?? {};
  expect(headers).toEqual({
    ...{ ce_specversion: '1.0', ce_type: 'analytics.alert', ce_source: '/booking-saga', ce_time: AT },
    'content-type': 'application/json',
  });
  expect(id).toBe(`${factId}:analytics.alert`);
  expect(message?.value).toBe(
    JSON.stringify({ eventId: id, eventType: 'analytics.alert', timestamp: AT, ...alert('other') }),
  );
});
