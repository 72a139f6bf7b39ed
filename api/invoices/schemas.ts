import { z } from 'zod';
import { bookingExample } from '../bookings/schemas';

const amount = z.number();
const party = z.object({
  id: z.string(),
  name: z.string().nullable().meta({ description: 'As known now; null where unknown or erased.' }),
});

export const invoiceSchema = z
  .object({
    number: z.string().meta({ description: 'In one series per owner, without gaps.' }),
    kind: z.enum(['invoice', 'credit-note']),
    corrects: z
      .string()
      .nullable()
      .meta({ description: 'The invoice that a credit note takes back, or part of.' }),
    bookingId: z.string(),
    confirmationNumber: z.string().nullable(),
    issuedAt: z.iso.datetime(),
    issuer: party.meta({ description: "The item's owner." }),
    recipient: party.meta({ description: 'The traveler.' }),
    lines: z.array(
      z.object({
        description: z.string(),
        quantity: z.int(),
        unitPrice: amount,
        amount,
        taxIncluded: z.boolean(),
      }),
    ),
    total: amount.meta({ description: 'Negative on a credit note.' }),
    currency: z.string(),
  })
  .meta({ id: 'InvoiceDocument' });

export type InvoiceView = z.output<typeof invoiceSchema>;

export const invoiceExample: InvoiceView = {
  number: 'INV-owner-1-000042',
  kind: 'invoice',
  corrects: null,
  bookingId: bookingExample.id,
  confirmationNumber: null,
  issuedAt: '2026-12-01T20:00:01.000Z',
  issuer: { id: 'owner-1', name: 'Beach Homes Ltd' },
  recipient: { id: 'traveler-1', name: 'Ann Lee' },
  lines: [
    {
      description: 'Luxury Beach Villa, 2026-12-01 to 2026-12-04',
      ...{ quantity: 3, unitPrice: 300, amount: 900, taxIncluded: true },
    },
  ],
  total: 900,
  currency: 'USD',
};
