import { onTopic } from './hotel';

const PAID = { itemId: 'HOTEL-001:STD', ownerId: 'owner-3', amount: 360, currency: 'USD' } as const;
const REFERENCE = {
  reference: 'sim_01KAJ5M3ZC8T0V6RQ2XE1H',
  authorizationId: 'BKG01ARZ3NDEKTSV4RRFFQ9:1',
} as const;

/** Payments as they are told, by topic. */
export const paymentExamples = {
  initiated: {
    ...onTopic('payment.initiated', '2027-01-02T03:04:05.702Z'),
    ...PAID,
    reference: null,
    ...{ state: 'ACCEPTED', sequence: 2 },
  },
  authorized: {
    ...onTopic('payment.authorized', '2027-01-02T03:04:05.810Z'),
    ...PAID,
    ...REFERENCE,
    ...{ state: 'PAYMENT_AUTHORIZED', sequence: 3 },
  },
  captured: {
    ...onTopic('payment.captured', '2027-03-28T13:05:00.210Z'),
    ...PAID,
    ...REFERENCE,
    ...{ state: 'CHECKED_IN', sequence: 7 },
  },
  failed: {
    ...onTopic('payment.failed', '2027-01-02T03:04:05.810Z'),
    ...PAID,
    reference: null,
    ...{ kind: 'authorization', code: 'insufficient_funds', state: 'ACCEPTED', sequence: 3 },
  },
  refunded: {
    ...onTopic('payment.refunded', '2027-04-02T10:00:00.000Z'),
    ...{ ...PAID, amount: 50 },
    ...REFERENCE,
    ...{ kind: 'refund', state: 'CHECKED_OUT', sequence: 11 },
  },
  voided: {
    ...onTopic('payment.refunded', '2027-01-03T10:00:00.400Z'),
    ...{ ...PAID, amount: 0 },
    ...REFERENCE,
    ...{ kind: 'void', voidedAmount: 360, state: 'CANCELLED', sequence: 7 },
  },
  settled: {
    ...onTopic('payment.settled', '2027-03-31T08:40:01.000Z'),
    ...PAID,
    ...REFERENCE,
    ...{ commission: 36, state: 'CHECKED_OUT', sequence: 10 },
  },
} as const;
