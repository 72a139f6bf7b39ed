import { z } from 'zod';
import { Problem } from '../../domain/problems';
import type { ApiDeps } from '../deps';
import { findMail, newestMails } from '../development/mailbox';
import { MAILBOX_POLICY, mailboxPage, mailPage } from '../development/mailbox-page';
import { type Answer, publicRoute, type Route } from '../http/route';

const TAG = 'development';
const PAGE = 'text/html';
const NOTE = 'In development only. A page for browsers, JSON otherwise.';

const line = {
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  sentAt: z.iso.datetime(),
};
const mailSchema = z.object({
  ...line,
  from: z.string(),
  messageId: z.string(),
  text: z.string(),
  html: z.string(),
});
const lineExample = {
  ...{ id: '7', to: 'Ann <ann@example.com>', subject: 'Accepted: Luxury Beach Villa' },
  sentAt: '2027-01-02T15:04:05.000Z',
};
const mailExample = {
  ...lineExample,
  ...{ from: 'Bookings <bookings@localhost>', messageId: '<2f6e7a0c1b9d4e538a7c6b5d4e3f2a10@localhost>' },
  ...{ text: 'Hello Ann,\n…', html: '<!DOCTYPE html>…' },
};

/** The mailbox that mails land in where there is no mail server. */
export function devMailRoutes({ config, database }: Pick<ApiDeps, 'config' | 'database'>): Route[] {
  /** @throws {Problem} `not-found` in production, where nobody may read somebody else's mail */
  const requireDevelopment = () => {
    if (config.NODE_ENV === 'production')
      throw new Problem('not-found', 'There is nothing here in production.');
  };
  return [
    publicRoute({
      method: 'get',
      path: '/dev/mails',
      tag: TAG,
      summary: 'The development mailbox: the newest hundred mails',
      description: NOTE,
      query: z.strictObject({}),
      answers: {
        200: {
          description: 'Newest first',
          schema: z.object({ mails: z.array(z.object(line)) }),
          example: { mails: [lineExample] },
          text: PAGE,
        },
      },
      problems: ['not-found', 'invalid-request'],
      async handle({ prefers }) {
        requireDevelopment();
        const mails = await newestMails(database);
        return prefers('application/json', PAGE) === PAGE
          ? asPage(mailboxPage(mails))
          : { status: 200, body: { mails } };
      },
    }),
    publicRoute({
      method: 'get',
      path: '/dev/mails/:id',
      tag: TAG,
      summary: 'A mail of the development mailbox, as text and as a page',
      description: NOTE,
      params: z.object({
        id: z
          .string()
          .regex(/^[1-9]\d{0,17}$/)
          .meta({ example: '7' }),
      }),
      query: z.strictObject({}),
      answers: {
        200: { description: 'The mail', schema: mailSchema, example: mailExample, text: PAGE },
      },
      problems: ['invalid-request'],
      async handle({ params: { id }, prefers }) {
        requireDevelopment();
        const mail = await findMail(database, id);
        if (!mail) throw new Problem('not-found', `There is no mail ${id}.`);
        return prefers('application/json', PAGE) === PAGE
          ? asPage(mailPage(mail))
          : { status: 200, body: mail };
      },
    }),
  ];
}

function asPage(body: string): Answer {
  const headers = { 'Content-Security-Policy': MAILBOX_POLICY, 'Cache-Control': 'no-store' };
  return { status: 200, body, contentType: 'text/html', headers };
}
