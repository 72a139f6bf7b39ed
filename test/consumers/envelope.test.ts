import { Envelopes } from '../../consumers/runner/envelope';
import type { IncomingMessage } from '../../platform/kafka/port';
import { MESSAGES } from '../../platform/messages/table';

const envelopes = new Envelopes(
  { bookingUpdates: MESSAGES.bookingUpdates },
  { KAFKA_REQUEST_TOPIC: 'requests', KAFKA_RESPONSE_TOPIC: 'updates-of-ours' },
);

const update = {
  type: 'booking-status-updated',
  bookingId: 'BKG01ARZ3NDEKTSV4RRFFQ9',
  status: 'ACCEPTED',
  updatedBy: 'OWNER',
  travelerId: 'traveler-1',
  ownerId: 'owner-1',
  timestamp: '2027-01-02T03:04:05.678Z',
  state: 'ACCEPTED',
  sequence: 2,
};
const headers = {
  ce_specversion: '1.0',
  ce_id: 'f4c7:updates',
  ce_type: 'booking-status-updated',
  ce_source: '/booking-saga',
  ce_time: '2027-01-02T03:04:05.678Z',
  ce_factid: 'f4c7',
};

function message(value: unknown, changes: Partial<IncomingMessage> = {}): IncomingMessage {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    ...{
      topic: 'updates-of-ours',
      partition: 0,
      offset: '7',
      timestamp: 0,
      key: 'BKG1',
      value: text,
      headers,
    },
    ...changes,
  };
}

test('a message is read as an event of its topic, whatever the environment calls that', () => {
  expect(envelopes.topics).toEqual(['updates-of-ours']);
  expect(envelopes.open(message(update))).toEqual({
    kind: 'event',
    event: {
      topic: 'bookingUpdates',
      message: update,
      eventId: 'f4c7:updates',
      factId: 'f4c7',
      type: 'booking-status-updated',
      time: '2027-01-02T03:04:05.678Z',
      key: 'BKG1',
    },
  });
});

test('fields that a newer version added are kept', () => {
  const opened = envelopes.open(message({ ...update, loyaltyTier: 'gold' }));
  expect(opened).toMatchObject({ kind: 'event', event: { message: { loyaltyTier: 'gold' } } });
});

test.each([
  ['nothing at all', message(update, { value: undefined }), 'not-json', 'no value'],
  ['no JSON', message('{"type":'), 'not-json', 'JSON'],
  ['another shape', message({ ...update, sequence: 'two' }), 'unfit', 'sequence'],
  ['a status of nobody', message({ ...update, status: 'MAYBE' }), 'unfit', 'status'],
  ['no envelope', message(update, { headers: {} }), 'not-an-event', 'ce_id'],
  [
    'a time that is none',
    message(update, { headers: { ...headers, ce_time: 'noon' } }),
    'not-an-event',
    'ce_time',
  ],
])('%s is a misfit, and it is said why', (_, received, reason, word) => {
  const opened = envelopes.open(received);
  expect(opened).toMatchObject({ kind: 'misfit', reason });
  expect(opened).toHaveProperty('error', expect.stringContaining(word));
});

test('what a misfit holds is not repeated in what is said of it', () => {
  const opened = envelopes.open(message({ ...update, status: 'ann@example.com' }));
  expect(JSON.stringify(opened)).not.toContain('ann@example.com');
});
