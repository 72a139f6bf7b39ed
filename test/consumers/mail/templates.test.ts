import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BookingTold, mailFacts } from '../../../consumers/email-notification/facts';
import {
  MAIL_KINDS,
  type MailKind,
  RECIPIENTS,
  type Recipient,
} from '../../../consumers/email-notification/mails-for';
import { type MailContent, renderMail } from '../../../consumers/email-notification/templates';
import type { CalendarDate } from '../../../domain/stay-dates';
import { projectRoot } from '../../../scripts/stack/folders';

const told: BookingTold = {
  ...{ reference: 'BKG1', item: 'Villa "Mare & Monti"', itemKind: 'property' as const, guests: 2 },
  ...{ start: '2027-03-27' as CalendarDate, end: '2027-03-30' as CalendarDate },
  ...{ price: { amount: 90_000, currency: 'USD' }, timeZone: 'Europe/Zurich' },
  ...{ decideBy: '2027-03-27T23:30:00Z', payBy: null },
};
const content: MailContent = { ...mailFacts(told), name: 'Ann' };

test('dates are those of the calendar, and instants those of the item’s clock, also where it is put forward', () => {
  expect(mailFacts({ ...told, payBy: '2027-03-28T01:30:00Z', reason: 'Plans changed' })).toEqual({
    ...{ reference: 'BKG1', item: 'Villa "Mare & Monti"', guests: '2 people', price: '900.00 USD' },
    dates: 'Sat 27 Mar 2027 to Tue 30 Mar 2027 (3 nights)',
    decideBy: 'Sun 28 Mar 2027, 00:30 (Europe/Zurich)',
    payBy: 'Sun 28 Mar 2027, 03:30 (Europe/Zurich)',
    ...{ reason: 'Plans changed', byTraveler: false, byOwner: false },
  });
  expect(mailFacts({ ...told, itemKind: 'flight', guests: 1 })).toMatchObject({
    dates: 'Sat 27 Mar 2027',
    guests: '1 person',
  });
  const yen = { amount: 900, currency: 'JPY' };
  expect(mailFacts({ ...told, end: '2027-03-28' as CalendarDate, price: yen })).toMatchObject({
    dates: 'Sat 27 Mar 2027 to Sun 28 Mar 2027 (1 night)',
    price: '900 JPY',
  });
});

/** Recipient, kind, subject, and what it says in its own words. */
const MAILS: readonly [Recipient, MailKind, string, readonly string[], Partial<MailContent>?][] = [
  [
    ...(['traveler', 'requested', 'Request sent: Villa "Mare & Monti"'] as const),
    [
      'We have passed your request on. The owner has until Sun 28 Mar 2027, 00:30 (Europe/Zurich) to accept it; we will write to you as soon as there is an answer.',
      'Nothing is charged before that.',
    ],
  ],
  [
    ...(['owner', 'requested', 'New request: Villa "Mare & Monti"'] as const),
    [
      'There is a new request for Villa "Mare & Monti". Please accept or reject it by Sun 28 Mar 2027, 00:30 (Europe/Zurich); after that it expires by itself.',
    ],
  ],
  [
    ...(['traveler', 'accepted', 'Accepted: Villa "Mare & Monti"'] as const),
    [
      'The owner has accepted your request. The payment is arranged with the card you have given; if anything goes wrong with it, we will write to you.',
    ],
  ],
  [
    ...(['traveler', 'accepted', 'Accepted: Villa "Mare & Monti"'] as const),
    [
      'The owner has accepted your request. The payment is arranged with the card you have given; if anything goes wrong with it, we will write to you.',
      'If you have not given a card yet, please do so by Mon 29 Mar 2027, 12:00 (Europe/Zurich), or the booking ends.',
    ],
    { payBy: 'Mon 29 Mar 2027, 12:00 (Europe/Zurich)' },
  ],
  [
    ...(['owner', 'accepted', 'Accepted: Villa "Mare & Monti"'] as const),
    [
      'The request below is accepted, and the traveler knows. The payment is arranged next; if it comes to nothing, the booking ends and we will write to you.',
    ],
  ],
  [
    ...(['traveler', 'booked', 'Booked: Villa "Mare & Monti"'] as const),
    [
      'Villa "Mare & Monti" is booked at once, nobody has to be asked. The payment is arranged with the card you have given; if anything goes wrong with it, we will write to you.',
    ],
  ],
  [
    ...(['owner', 'booked', 'New booking: Villa "Mare & Monti"'] as const),
    [
      'Villa "Mare & Monti" was booked at once; you need not decide anything. The payment is arranged next; if it comes to nothing, the booking ends and we will write to you.',
    ],
  ],
  [
    ...(['traveler', 'rejected', 'Not accepted: Villa "Mare & Monti"'] as const),
    ['The owner could not accept your request. Nothing was charged.'],
    { byOwner: true },
  ],
  [
    ...(['traveler', 'rejected', 'Not accepted: Villa "Mare & Monti"'] as const),
    ['Your request could not be accepted. Nothing was charged.'],
  ],
  [
    ...(['owner', 'rejected', 'Rejected: Villa "Mare & Monti"'] as const),
    ['You have rejected the request below, and the traveler knows.'],
    { byOwner: true },
  ],
  [
    ...(['owner', 'rejected', 'Rejected: Villa "Mare & Monti"'] as const),
    ['The request below was rejected for you, and the traveler knows.'],
  ],
  [
    ...(['traveler', 'expired', 'Expired: Villa "Mare & Monti"'] as const),
    [
      'The owner did not answer your request in time. Nothing was charged, and you are free to ask for something else.',
    ],
  ],
  [
    ...(['owner', 'expired', 'Expired: Villa "Mare & Monti"'] as const),
    ['The request below was not decided in time and has expired. The traveler knows.'],
  ],
  [
    ...(['traveler', 'cancelled', 'Cancelled: Villa "Mare & Monti"'] as const),
    [
      'You have cancelled your booking. What is held or was paid goes back to you as the cancellation terms say.',
    ],
    { byTraveler: true },
  ],
  [
    ...(['traveler', 'cancelled', 'Cancelled: Villa "Mare & Monti"'] as const),
    [
      'The owner has cancelled your booking. What is held or was paid goes back to you as the cancellation terms say.',
    ],
    { byOwner: true },
  ],
  [
    ...(['traveler', 'cancelled', 'Cancelled: Villa "Mare & Monti"'] as const),
    ['Your booking was cancelled. What is held or was paid goes back to you as the cancellation terms say.'],
  ],
  [
    ...(['owner', 'cancelled', 'Cancelled: Villa "Mare & Monti"'] as const),
    ['The traveler has cancelled the booking below. What it had taken of your calendar is free again.'],
    { byTraveler: true },
  ],
  [
    ...(['owner', 'cancelled', 'Cancelled: Villa "Mare & Monti"'] as const),
    [
      'You have cancelled the booking below, and the traveler knows. What it had taken of your calendar is free again.',
    ],
    { byOwner: true },
  ],
  [
    ...(['owner', 'cancelled', 'Cancelled: Villa "Mare & Monti"'] as const),
    ['The booking below was cancelled. What it had taken of your calendar is free again.'],
  ],
  [
    ...(['traveler', 'failed', 'Not completed: Villa "Mare & Monti"'] as const),
    [
      'Your booking was accepted, but it could not be completed. What was held on your card goes back to you.',
    ],
  ],
  [
    ...(['owner', 'failed', 'Not completed: Villa "Mare & Monti"'] as const),
    [
      'The booking below was accepted, but it could not be completed. What it had taken of your calendar is free again.',
    ],
  ],
  [
    ...(['traveler', 'no-show', 'Missed: Villa "Mare & Monti"'] as const),
    [
      'You were expected and not checked in, so the booking has ended. What that costs is in the cancellation terms; the rest goes back to you.',
    ],
  ],
  [
    ...(['owner', 'no-show', 'No-show: Villa "Mare & Monti"'] as const),
    [
      'The guest of the booking below was not checked in, so it has ended. What you are owed for it follows its cancellation terms.',
    ],
  ],
];

const NOTE = 'This mail was sent automatically, because the booking changed.';

test.each(MAILS.map(([recipient, kind, ...said]) => ({ recipient, kind, said })))(
  '$recipient, $kind: text and page say the same',
  ({ recipient, kind, said }) => {
    const [subject, paragraphs, changes] = said;
    const mail = renderMail({ recipient, kind }, { ...content, ...changes });
    expect(mail.subject).toBe(subject);
    expect(mail.text).toBe(`Hello Ann,

${paragraphs.join('\n\n')}

  Booking  BKG1
  What     Villa "Mare & Monti"
  When     Sat 27 Mar 2027 to Tue 30 Mar 2027 (3 nights)
  For      2 people
  Price    900.00 USD

${NOTE}
`);
    expect(all(mail.html, 'p')).toEqual(['Hello Ann,', ...paragraphs, NOTE]);
    expect(all(mail.html, 'td')).toEqual([
      ...['Booking', 'BKG1', 'What', 'Villa "Mare & Monti"'],
      ...['When', 'Sat 27 Mar 2027 to Tue 30 Mar 2027 (3 nights)', 'For', '2 people', 'Price', '900.00 USD'],
    ]);
  },
);

test('there is a mail of each kind for both, and each is held to its words here', () => {
  const wanted = RECIPIENTS.flatMap((recipient) => MAIL_KINDS.map((kind) => `${recipient} ${kind}`));
  expect([...new Set(MAILS.map(([recipient, kind]) => `${recipient} ${kind}`))].sort()).toEqual(
    wanted.sort(),
  );
});

test('what people typed stays text in the page and on one line in the subject', () => {
  const typed = {
    item: 'Loft\r\nBcc: all@example.com',
    reason: '<script>alert(1)</script>\n\nSee you',
    name: null,
  };
  const { subject, text, html } = renderMail(
    { recipient: 'traveler', kind: 'rejected' },
    { ...content, ...typed },
  );
  expect(subject).toBe('Not accepted: Loft Bcc: all@example.com');
  expect(text).toMatch(/^Hello,\n/);
  expect(text).toContain('  Reason   <script>alert(1)</script> See you\n');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toContain('<script');
});

test('compiled code and the image find the templates', () => {
  const compiled = join(projectRoot, 'dist/consumers/email-notification/templates.js');
  const render = `process.stdout.write(require(process.argv[1]).renderMail(JSON.parse(process.argv[2]), JSON.parse(process.argv[3])).subject)`;
  const subject = execFileSync(process.execPath, [
    ...['-e', render, compiled],
    ...[JSON.stringify({ recipient: 'owner', kind: 'requested' }), JSON.stringify(content)],
  ]);
  expect(subject.toString()).toBe('New request: Villa "Mare & Monti"');
  const folder = 'consumers/email-notification/templates';
  expect(readFileSync(join(projectRoot, 'Dockerfile'), 'utf8')).toContain(`/app/${folder} ./${folder}\n`);
});

/** What stands in all elements of a name, as it is read. */
function all(html: string, element: string): string[] {
  return [...html.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}>`, 'gs'))].map(
    ([, inner = '']) => inner.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  );
}
