import { z } from 'zod';
import { ACCOUNTS, type Account } from '../../domain/ledger';
import { bookingExample, bookingSchema } from '../bookings/schemas';

const amount = z.number();
const instant = z.iso.datetime();

const authorizationSchema = z
  .object({
    authorizationId: z.string().meta({ description: "The provider's id of the hold." }),
    authorized: amount,
    captured: amount,
    voided: amount.meta({ description: 'Held and given up without being taken.' }),
    held: amount.meta({ description: 'Neither taken nor given up: authorized - captured - voided.' }),
    refunded: amount,
    disputed: amount.meta({ description: 'Withdrawn by the provider while a dispute is open.' }),
    chargedBack: amount.meta({ description: 'Withdrawn for good by a dispute that was lost.' }),
    createdAt: instant,
  })
  .meta({ id: 'Authorization' });

const lineSchema = z
  .object({
    factId: z.string(),
    sequence: z.int().meta({ description: "The fact's, on the booking's timeline." }),
    type: z.string(),
    at: instant,
    account: z.enum(Object.keys(ACCOUNTS) as [Account, ...Account[]]),
    amount: amount.meta({ description: 'Positive where money enters the account.' }),
  })
  .meta({ id: 'LedgerLine' });

const caseSchema = z
  .object({
    caseId: z.string(),
    kind: z.enum(['refund', 'provider-refund', 'refund-failed', 'dispute']),
    status: z.enum(['open', 'done', 'refused', 'won', 'lost']),
    amount,
    code: z.string().nullable().meta({ description: "The provider's word, where it refused." }),
    createdAt: instant,
    closedAt: instant.nullable(),
  })
  .meta({ id: 'PaymentCase' });

/** A booking's money, whole. */
export const paymentSchema = z
  .object({
    bookingId: z.string(),
    confirmationNumber: z.string().nullable(),
    state: bookingSchema.shape.state,
    status: bookingSchema.shape.paymentStatus,
    currency: z.string(),
    authorized: amount,
    held: amount.meta({ description: 'What can still be captured.' }),
    voided: amount,
    captured: amount,
    refunded: amount.meta({ description: 'Back with the traveler, by refund or by a lost dispute.' }),
    refundable: amount.meta({ description: 'What can still go back.' }),
    disputed: amount,
    paidOut: amount.meta({ description: 'To the owner.' }),
    commission: amount,
    withUs: amount.meta({ description: 'Taken, and neither given back nor paid out.' }),
    ownerOwes: amount.meta({ description: 'Gone back after the owner was paid.' }),
    authorizations: z.array(authorizationSchema),
    ledger: z.array(lineSchema),
    disputes: z.array(caseSchema),
    refunds: z.array(caseSchema).meta({ description: 'Refunds after the end of the booking.' }),
  })
  .meta({ id: 'Payment' });

export type PaymentView = z.output<typeof paymentSchema>;

export const paymentExample: PaymentView = {
  bookingId: bookingExample.id,
  confirmationNumber: 'RSV-2026-000123',
  state: 'CHECKED_IN',
  status: 'captured',
  currency: 'USD',
  ...{ authorized: 360, held: 0, voided: 0, captured: 360, refunded: 0, refundable: 360 },
  ...{ disputed: 0, paidOut: 0, commission: 0, withUs: 360, ownerOwes: 0 },
  authorizations: [
    {
      authorizationId: 'auth_7f1c',
      ...{ authorized: 360, captured: 360, voided: 0, held: 0, refunded: 0, disputed: 0, chargedBack: 0 },
      createdAt: '2026-11-01T09:30:01.000Z',
    },
  ],
  ledger: [
    {
      ...{ factId: 'a1', sequence: 7, type: 'payment.captured', at: '2026-12-01T14:00:01.000Z' },
      ...{ account: 'guest', amount: -360 },
    },
    {
      ...{ factId: 'a1', sequence: 7, type: 'payment.captured', at: '2026-12-01T14:00:01.000Z' },
      ...{ account: 'clearing', amount: 360 },
    },
  ],
  disputes: [],
  refunds: [],
};
