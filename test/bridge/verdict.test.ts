import { verdictOn } from '../../platform/kafka/verdict';

/** An answer of the broker as the library throws it, alone or wrapped by its retrying. */
function answer(type: string, code: number, retriable: boolean): Error {
  return Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, code, retriable });
}
const wrapped = (cause: Error) => new Error('KafkaJSNumberOfRetriesExceeded', { cause });

test.each([
  ['MESSAGE_TOO_LARGE', 10],
  ['INVALID_TOPIC_EXCEPTION', 17],
  ['TOPIC_AUTHORIZATION_FAILED', 29],
  ['POLICY_VIOLATION', 44],
  ['INVALID_RECORD', 87],
])('%s is final for the batch', (type, code) => {
  expect(verdictOn(answer(type, code, false))).toEqual({ kind: 'refused', refusal: type });
  expect(verdictOn(wrapped(answer(type, code, false)))).toEqual({ kind: 'refused', refusal: type });
});

test.each([
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45],
  ['DUPLICATE_SEQUENCE_NUMBER', 46],
  ['UNKNOWN_PRODUCER_ID', 59],
])('%s asks for a new producer', (type, code) => {
  expect(verdictOn(wrapped(answer(type, code, false)))).toEqual({ kind: 'renew', why: type });
});

test.each([
  ['NOT_LEADER_FOR_PARTITION', 6, true],
  ['UNKNOWN', -1, false],
  ['BROKER_NOT_AVAILABLE', 8, false],
  ['CLUSTER_AUTHORIZATION_FAILED', 31, false],
  ['SASL_AUTHENTICATION_FAILED', 58, false],
])('%s says nothing about the batch', (type, code, retriable) => {
  expect(verdictOn(answer(type, code, retriable))).toEqual({ kind: 'retry' });
});

test('a lost connection says nothing about the batch', () => {
  expect(verdictOn(new Error('Connection error: connect ECONNREFUSED'))).toEqual({ kind: 'retry' });
});
