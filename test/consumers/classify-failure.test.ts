import { classifyFailure, InfrastructureFailure } from '../../consumers/runner/classify-failure';
import { isConditionOfDatabase } from '../../platform/database/sql-state';
import { DatabaseAway } from '../../platform/database/transactions';
import { KafkaAway } from '../../platform/kafka/port';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:25'), { code: 'ECONNREFUSED' });

test.each([
  ['Postgres is away', new DatabaseAway('Postgres: Connection terminated')],
  ['Kafka is away', new KafkaAway('Kafka did not acknowledge in time')],
  ['a handler says so', new InfrastructureFailure('the mail server is away')],
  ['nobody listens', refused],
  ['nobody listens, in the words of a client library', new Error('could not send', { cause: refused })],
])('infrastructure: %s', (_, error) => {
  expect(classifyFailure(error)).toBe('infrastructure');
});

test.each([
  ['a defect', new TypeError('undefined is not a function')],
  ['a rule', new Error('no such property')],
  ['a file that is missing', Object.assign(new Error('ENOENT'), { code: 'ENOENT' })],
  ['no error at all', 'nonsense'],
])("the handler's own: %s", (_, error) => {
  expect(classifyFailure(error)).toBe('handler');
});

test.each(['08006', '53300', '57014', '57P01', '58030', '25P04', '40001', '40P01', '55P03'])(
  '%s speaks of the condition of Postgres',
  (state) => expect(isConditionOfDatabase(state)).toBe(true),
);

test.each(['23505', '22P02', '42P01', '25P02', 'P0001', ''])('"%s" speaks of the statement', (state) =>
  expect(isConditionOfDatabase(state)).toBe(false),
);
