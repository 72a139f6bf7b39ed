import { minorDigits } from '../../domain/money';
import type { InvoiceView } from './schemas';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe to stand in a page, in elements and attributes alike. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const STYLE = `
  @page { size: A4; margin: 22mm 20mm; }
  * { box-sizing: border-box; }
  body { margin: 0; color: #1a1a1a; background: #f0f0ee; font: 10.5pt/1.5 "Helvetica Neue", Helvetica, Arial, sans-serif; }
  main { width: 210mm; min-height: 297mm; margin: 8mm auto; padding: 22mm 20mm; background: #fff; }
  header { display: flex; justify-content: space-between; align-items: baseline; border-bottom: 2px solid #1a1a1a; padding-bottom: 5mm; }
  h1 { margin: 0; font-size: 22pt; font-weight: 600; letter-spacing: -0.01em; }
  .number { font-size: 11pt; overflow-wrap: anywhere; text-align: right; }
  .parties { display: grid; grid-template-columns: 1fr 1fr; gap: 10mm; margin: 10mm 0 8mm; }
  h2 { margin: 0 0 1mm; font-size: 8pt; font-weight: 600; text-transform: uppercase; letter-spacing: 0.08em; color: #6b6b6b; }
  .name { font-weight: 600; overflow-wrap: anywhere; }
  .id, dt, footer { color: #6b6b6b; font-size: 9pt; overflow-wrap: anywhere; }
  dl { display: grid; align-items: baseline; grid-template-columns: max-content 1fr; gap: 0.5mm 6mm; margin: 0 0 10mm; }
  dd { margin: 0; overflow-wrap: anywhere; }
  table { width: 100%; border-collapse: collapse; }
  th { font-size: 8pt; font-weight: 600; text-transform: uppercase; letter-spacing: 0.08em; color: #6b6b6b; text-align: left; }
  th, td { padding: 2.5mm 0 2.5mm 4mm; border-bottom: 1px solid #dcdcd8; vertical-align: top; }
  th:first-child, td:first-child { padding-left: 0; overflow-wrap: anywhere; }
  .sum { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  tfoot td { border-bottom: 0; border-top: 2px solid #1a1a1a; font-size: 13pt; font-weight: 600; padding-top: 4mm; }
  tr { break-inside: avoid; }
  footer { margin-top: 12mm; }
  @media print { body { background: none; } main { width: auto; min-height: 0; margin: 0; padding: 0; } }
`;

/** An invoice as a page of A4 paper: no scripts, nothing from elsewhere, every text escaped. */
export function invoicePage(invoice: InvoiceView): string {
  const { number, kind, corrects, lines, total, currency } = invoice;
  const title = kind === 'invoice' ? 'Invoice' : 'Credit note';
  const money = (decimal: number) => `${decimal.toFixed(minorDigits(currency))} ${escaped(currency)}`;
  const facts: [string, string | null][] = [
    ['Date', invoice.issuedAt.slice(0, 10)],
    ['Booking', invoice.bookingId],
    ['Confirmation', invoice.confirmationNumber],
    ['Corrects invoice', corrects],
  ];
  const rows = lines.map(
    (line) => `<tr><td>${escaped(line.description)}</td><td class="sum">${line.quantity}</td>
        <td class="sum">${money(line.unitPrice)}</td><td class="sum">${money(line.amount)}</td></tr>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width">
  <title>${title} ${escaped(number)}</title>
  <style>${STYLE}</style>
</head>
<body>
  <main>
    <header><h1>${title}</h1><div class="number">${escaped(number)}</div></header>
    <section class="parties">
      ${party('From', invoice.issuer)}
      ${party('To', invoice.recipient)}
    </section>
    <dl>${facts.map(([term, said]) => (said === null ? '' : `<dt>${term}</dt><dd>${escaped(said)}</dd>`)).join('')}</dl>
    <table>
      <thead><tr><th>Description</th><th class="sum">Quantity</th><th class="sum">Unit price</th><th class="sum">Amount</th></tr></thead>
      <tbody>${rows.join('')}</tbody>
      <tfoot><tr><td colspan="3">Total</td><td class="sum">${money(total)}</td></tr></tfoot>
    </table>
    <footer>${taxNote(lines)}</footer>
  </main>
</body>
</html>
`;
}

function party(heading: string, { id, name }: InvoiceView['issuer']): string {
  return `<div><h2>${heading}</h2><div class="name">${escaped(name ?? id)}</div>${
    name === null ? '' : `<div class="id">${escaped(id)}</div>`
  }</div>`;
}

function taxNote(lines: InvoiceView['lines']): string {
  if (lines.every(({ taxIncluded }) => taxIncluded)) return 'All amounts include tax.';
  if (lines.some(({ taxIncluded }) => taxIncluded)) return 'Some amounts include tax.';
  return 'Amounts do not include tax.';
}
