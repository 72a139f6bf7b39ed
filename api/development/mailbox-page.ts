import { escaped } from '../invoices/page';
import type { MailLine, MailShown } from './mailbox';

/** No scripts and nothing from elsewhere, neither in the page nor in the mail that it frames. */
export const MAILBOX_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const STYLE = `
  * { box-sizing: border-box; }
  body { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem; color: #1a1a1a; font: 16px/1.5 "Helvetica Neue", Helvetica, Arial, sans-serif; }
  h1 { margin: 0 0 1rem; font-size: 1.5rem; font-weight: 600; overflow-wrap: anywhere; }
  h2 { margin: 2rem 0 .5rem; font-size: .8rem; font-weight: 600; text-transform: uppercase; letter-spacing: .08em; color: #6b6b6b; }
  table { width: 100%; border-collapse: collapse; }
  th { font-size: .8rem; font-weight: 600; text-align: left; color: #6b6b6b; }
  th, td { padding: .5rem 1rem .5rem 0; border-bottom: 1px solid #dcdcd8; vertical-align: top; overflow-wrap: anywhere; }
  td.at { white-space: nowrap; color: #6b6b6b; font-variant-numeric: tabular-nums; }
  a { color: #0b57a4; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
  dt { color: #6b6b6b; }
  dd { margin: 0; overflow-wrap: anywhere; }
  iframe { width: 100%; height: 38rem; border: 1px solid #dcdcd8; border-radius: 6px; }
  pre { margin: 0; padding: 1rem; border: 1px solid #dcdcd8; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, Menlo, Consolas, monospace; }
`;

export function mailboxPage(mails: readonly MailLine[]): string {
  const rows = mails.map(
    ({ id, to, subject, sentAt }) =>
      `<tr><td class="at">${at(sentAt)}</td><td>${escaped(to)}</td><td><a href="/dev/mails/${id}">${escaped(subject)}</a></td></tr>`,
  );
  const none = '<p>No mails yet. They come when a booking is made, decided or cancelled.</p>';
  const table = `<table><thead><tr><th>Sent (UTC)</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
  return page(
    'Development mailbox',
    `<h1>Development mailbox</h1>
<p>What would have been sent. Set SMTP_URL to have mails sent by a mail server.</p>
${rows.length === 0 ? none : table}`,
  );
}

export function mailPage({ from, to, subject, sentAt, messageId, text, html }: MailShown): string {
  const facts = { From: from, To: to, Sent: `${at(sentAt)} UTC`, 'Message-ID': messageId };
  return page(
    subject,
    `<p><a href="/dev/mails">All mails</a></p>
<h1>${escaped(subject)}</h1>
<dl>${Object.entries(facts)
      .map(([term, said]) => `<dt>${term}</dt><dd>${escaped(said)}</dd>`)
      .join('')}</dl>
<h2>Page</h2>
<iframe sandbox title="The mail as a page" srcdoc="${escaped(html)}"></iframe>
<h2>Text</h2>
<pre>${escaped(text)}</pre>`,
  );
}

function at(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width">
  <title>${escaped(title)}</title>
  <style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
