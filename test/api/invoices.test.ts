import { escaped, invoicePage } from '../../api/invoices/page';
import { invoiceExample } from '../../api/invoices/schemas';
import type { BookingId } from '../../domain/ids';
import { type ApiWorld, apiWorld } from './support/api-world';

let world: ApiWorld;
let id = '' as BookingId;
beforeAll(async () => {
  world = await apiWorld();
  const body = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };
  id = (await world.call('POST', '/api/bookings', { as: ANN, body })).json.booking.id;
  const system = { role: 'SYSTEM', id: 'saga' } as const;
  const money = { amount: { amount: 90_000, currency: 'USD' }, authorizationId: 'auth', reference: 'auth' };
  const facts = [
    'booking.accepted',
    'payment.authorized',
    'booking.confirmed',
    'booking.checked-in',
  ] as const;
  for (const type of facts) await world.saga.commit(id, type, system, undefined, { details: money });
  await world.saga.commit(id, 'payment.captured', system, undefined, { details: money });
  const back = { ...money, amount: { amount: 12_345, currency: 'USD' } };
  await world.saga.commit(id, 'payment.refunded', system, undefined, { details: back });
  await world.database.query(
    `INSERT INTO booking.people (id, name) VALUES ('ann', 'Ann <script>alert(1)</script> & "Co"')
     ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name`,
  );
});
afterAll(() => world.close());

const ANN = 'traveler:ann';
const INVOICE = 'INV-owner-1-000001';
const CREDIT = 'INV-owner-1-000002';
const get = (path: string, as = ANN) => world.call('GET', path, { as });

test('a booking’s invoices are listed, what went back as a credit note of the same series', async () => {
  const { json } = await get(`/api/bookings/${id}/invoices`);
  expect(json.invoices).toMatchObject([
    {
      ...{ number: INVOICE, kind: 'invoice', corrects: null, total: 900, currency: 'USD' },
      lines: [
        {
          description: 'Luxury Beach Villa, 2026-07-01 to 2026-07-04',
          quantity: 3,
          unitPrice: 300,
          amount: 900,
        },
      ],
    },
    { number: CREDIT, kind: 'credit-note', corrects: INVOICE, total: -123.45, lines: [{ amount: -123.45 }] },
  ]);
});

test('an invoice is read by its traveler, its owner and administrators, and by nobody else', async () => {
  for (const as of [ANN, 'owner:owner-1', 'admin:root'])
    expect((await get(`/api/invoices/${INVOICE}`, as)).json).toMatchObject({
      number: INVOICE,
      bookingId: id,
    });
  for (const as of ['traveler:eve', 'owner:owner-2']) {
    expect((await get(`/api/invoices/${INVOICE}`, as)).status).toBe(404);
    expect((await get(`/api/invoices/${INVOICE}.html`, as)).status).toBe(404);
    expect((await get(`/api/bookings/${id}/invoices`, as)).status).toBe(404);
  }
  expect((await get('/api/invoices/%00')).status).toBe(404);
});

test('it prints as a page in which every text is escaped, and no script can run', async () => {
  const { status, text, headers } = await get(`/api/invoices/${INVOICE}.html`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toMatch("script-src 'self'");
  expect(text).toContain('Ann &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Co&quot;');
  expect(text).not.toContain('<script');
  expect(text).toContain('900.00 USD');
});

test('names are joined when it is read: erasing a person erases them from their invoices', async () => {
  await world.database.query(`DELETE FROM booking.people WHERE id = 'ann'`);
  expect((await get(`/api/invoices/${INVOICE}`)).json.recipient).toEqual({ id: 'ann', name: null });
  expect((await get(`/api/invoices/${INVOICE}.html`)).text).not.toContain('Ann');
});

test('every field that holds text is escaped', () => {
  const bad = `<i>'"&`;
  const party = { id: bad, name: bad };
  const page = invoicePage({
    ...invoiceExample,
    ...{
      number: bad,
      corrects: bad,
      bookingId: bad,
      confirmationNumber: bad,
      issuer: party,
      recipient: party,
    },
    lines: invoiceExample.lines.map((line) => ({ ...line, description: bad })),
    currency: bad,
  });
  expect(page).not.toContain('<i>');
  expect(page).toContain(escaped(bad));
});
