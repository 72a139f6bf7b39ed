import type { Config } from '../platform/config';
import type { Stack } from './stack/bring-up';
import { describeStack, formatTable } from './stack/describe';

/** Near enough for its money to be held at once. */
const DAYS_AHEAD = 3;
const NIGHTS = 3;

/** What to look at and what to try first, once everything is up. */
export function welcome(config: Config, stack: Stack, now: Date): string {
  const api = `http://127.0.0.1:${config.PORT}`;
  const day = (offset: number) => new Date(now.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  const body = {
    propertyId: 'PROP-001',
    startDate: day(DAYS_AHEAD),
    endDate: day(DAYS_AHEAD + NIGHTS),
    guests: 2,
    paymentToken: 'tok_approved',
  };
  return [
    '',
    formatTable([
      ['API', api],
      ['API documentation', `${api}/docs`],
      ...(config.SMTP_URL ? [] : [['Mails sent', `${api}/dev/mails`] as const]),
      ...describeStack(stack),
    ]),
    '',
    '  A first booking, asked for by a traveler:',
    '',
    '    TOKEN=$(npm run -s token -- --role traveler --sub traveler-1)',
    `    curl -s ${api}/api/bookings -H "Authorization: Bearer $TOKEN" \\`,
    `      -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
    '',
    '  Its owner decides with a token of `--role owner`. Ctrl-C ends everything started here.',
    '',
  ].join('\n');
}
