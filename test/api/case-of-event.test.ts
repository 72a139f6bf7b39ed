import { caseOf } from '../../api/saga/case-of-event';
import type { BookingId } from '../../domain/ids';
import type { MoneyEvent } from '../../domain/provider-event';

const money = {
  ...{ id: 'evt_1', bookingId: 'BKG1' as BookingId, authorizationId: 'pi_1' },
  amount: { amount: 5_000, currency: 'USD' },
};
const dispute = { ...money, disputeId: 'dp_1', reason: 'fraudulent' };

const EVENTS: [MoneyEvent, object][] = [
  [
    { ...money, kind: 'refunded', refundId: 're_1' },
    { request: { kind: 'provider-refund', caseId: 're_1', reference: 're_1' } },
  ],
  // A refund of the same id may have been booked before it failed.
  [
    { ...money, kind: 'refund-failed', refundId: 're_1' },
    { request: { kind: 'refund-failed', caseId: 're_1-failed', reference: 're_1' } },
  ],
  [
    { ...dispute, kind: 'dispute-opened', evidenceDueBy: '2027-01-01T00:00:00.000Z' },
    { request: { kind: 'dispute', caseId: 'dp_1', evidenceDueBy: '2027-01-01T00:00:00.000Z' } },
  ],
  [
    { ...dispute, kind: 'dispute-funds-withdrawn' },
    { request: { kind: 'dispute', caseId: 'dp_1', reason: 'fraudulent' }, word: 'withdrawn' },
  ],
  [
    { ...dispute, kind: 'dispute-funds-reinstated' },
    { request: { caseId: 'dp_1' }, word: 'won' },
  ],
  [
    { ...dispute, kind: 'dispute-closed', outcome: 'lost' },
    { request: { caseId: 'dp_1' }, word: 'lost' },
  ],
];

test.each(EVENTS)('an event $kind finds its case', (event, expected) => {
  expect(caseOf(event)).toMatchObject(expected);
  expect(caseOf(event).request).toMatchObject({
    bookingId: 'BKG1',
    authorizationId: 'pi_1',
    amount: money.amount,
  });
});
