import { toDecimal } from '../../domain/money';
import { Problem } from '../../domain/problems';
import type { Database } from '../../platform/database/client';
import type { Prisma } from '../../prisma/generated/client';
import type { Caller } from '../auth/caller';
import type { InvoiceView } from './schemas';

const WHOLE = {
  lines: { orderBy: { line: 'asc' } },
  booking: { select: { confirmationNumber: true } },
} as const satisfies Prisma.InvoiceInclude;
type Row = Prisma.InvoiceGetPayload<{ include: typeof WHOLE }>;

/**
 * Finds an invoice that the caller may see: its traveler, its owner, an administrator.
 * @throws {Problem} `not-found` for everybody else, as if it did not exist
 */
export async function visibleInvoice(
  database: Database,
  number: string,
  caller: Caller,
): Promise<InvoiceView> {
  const row = await database.invoice.findUnique({ where: { number }, include: WHOLE });
  const maySee =
    row !== null && (caller.role === 'admin' || row.travelerId === caller.id || row.ownerId === caller.id);
  const [view] = maySee ? await withNames(database, [row]) : [];
  if (!view) throw new Problem('not-found', `There is no invoice ${number.slice(0, 64)} here.`);
  return view;
}

/** Every invoice and credit note of a booking, in the order in which they were issued. */
export async function invoicesOf(database: Database, bookingId: string): Promise<InvoiceView[]> {
  const rows = await database.invoice.findMany({
    where: { bookingId },
    include: WHOLE,
    orderBy: { serial: 'asc' },
  });
  return await withNames(database, rows);
}

/** Names are not part of an invoice's row: erasing a person is one row elsewhere. */
async function withNames(database: Database, rows: readonly Row[]): Promise<InvoiceView[]> {
  const ids = [...new Set(rows.flatMap(({ ownerId, travelerId }) => [ownerId, travelerId]))];
  const people = await database.person.findMany({ where: { id: { in: ids } } });
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const party = (id: string) => ({ id, name: names.get(id) ?? null });
  return rows.map((row) => invoiceView(row, party(row.ownerId), party(row.travelerId)));
}

/** On a credit note every amount is turned: what it says goes back. */
function invoiceView(
  row: Row,
  issuer: InvoiceView['issuer'],
  recipient: InvoiceView['recipient'],
): InvoiceView {
  const { number, kind, corrects, bookingId, booking, currency, issuedAt } = row;
  const sign = kind === 'credit-note' ? -1 : 1;
  const decimal = (amount: number) => toDecimal({ amount: sign * amount, currency });
  return {
    number,
    kind: kind as InvoiceView['kind'],
    corrects,
    bookingId,
    confirmationNumber: booking.confirmationNumber,
    issuedAt: issuedAt.toISOString(),
    issuer,
    recipient,
    lines: row.lines.map((line) => ({
      description: line.description,
      quantity: line.quantity,
      unitPrice: decimal(line.unitPrice),
      amount: decimal(line.amount),
      taxIncluded: line.taxIncluded,
    })),
    total: decimal(row.amount),
    currency,
  };
}
