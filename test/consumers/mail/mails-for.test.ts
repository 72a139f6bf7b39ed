import { mailsFor, type Told, type Word } from '../../../consumers/email-notification/mails-for';
import { smtpFailure } from '../../../consumers/email-notification/smtp-failure';
import { InfrastructureFailure } from '../../../consumers/runner/classify-failure';
import { BOOKING_STATES } from '../../../domain/booking-state';
import { STAYS_STATUS } from '../../../domain/system-status';

const both = (kind: string) => [
  { recipient: 'traveler', kind },
  { recipient: 'owner', kind },
];
const told = (word: Word, state: Told['state'], instant = false): Told => ({ word, state, instant });

describe('mails', () => {
  test.each<[string, Word | undefined, Told, string]>([
    ['a request', undefined, told('PENDING', 'PENDING'), 'requested'],
    ['an acceptance', 'PENDING', told('ACCEPTED', 'ACCEPTED'), 'accepted'],
    ['an acceptance whose request is still to come', undefined, told('ACCEPTED', 'ACCEPTED'), 'accepted'],
    ['a booking that nobody decides on', undefined, told('ACCEPTED', 'ACCEPTED', true), 'booked'],
    ['a rejection', 'PENDING', told('CANCELLED', 'REJECTED'), 'rejected'],
    ['a request that nobody answered', 'PENDING', told('CANCELLED', 'EXPIRED'), 'expired'],
    ['a cancel', 'ACCEPTED', told('CANCELLED', 'CANCELLED'), 'cancelled'],
    ['a cancel whose request is still to come', undefined, told('CANCELLED', 'CANCELLED'), 'cancelled'],
    ['a payment that came to nothing', 'ACCEPTED', told('CANCELLED', 'FAILED'), 'failed'],
    ['the same at once', 'ACCEPTED', told('CANCELLED', 'FAILED', true), 'failed'],
    ['a guest who did not come', 'ACCEPTED', told('CANCELLED', 'NO_SHOW'), 'no-show'],
  ])('about %s go to both', (_what, known, message, kind) => {
    expect(mailsFor(known, message)).toEqual(both(kind));
  });

  test.each<[string, Word | undefined, Told]>([
    ['a confirmation: the word stays ACCEPTED', 'ACCEPTED', told('ACCEPTED', 'CONFIRMED')],
    ['a check-out: the word stays ACCEPTED', 'ACCEPTED', told('ACCEPTED', 'CHECKED_OUT')],
    ['a request that is told again', 'PENDING', told('PENDING', 'PENDING')],
    ['a request that arrives behind its acceptance', 'ACCEPTED', told('PENDING', 'PENDING')],
    ['a request that arrives behind its cancel', 'CANCELLED', told('PENDING', 'PENDING')],
    ['an acceptance that arrives behind the cancel', 'CANCELLED', told('ACCEPTED', 'ACCEPTED')],
    ['a request that nobody decides on', undefined, told('PENDING', 'PENDING', true)],
  ])('about %s: none', (_what, known, message) => {
    expect(mailsFor(known, message)).toEqual([]);
  });

  test('a whole life has one mail per word and recipient, told in order and then all over again', () => {
    let known: Word | undefined;
    const kinds: string[] = [];
    for (const state of [...BOOKING_STATES.slice(0, 6), 'CANCELLED' as const, ...BOOKING_STATES]) {
      const word = STAYS_STATUS[state];
      kinds.push(...mailsFor(known, told(word, state)).map(({ recipient, kind }) => `${recipient} ${kind}`));
      known = word;
      if (state === 'CANCELLED') break;
    }
    expect(kinds).toEqual([
      ...['traveler requested', 'owner requested', 'traveler accepted', 'owner accepted'],
      ...['traveler cancelled', 'owner cancelled'],
    ]);
  });
});

/** As nodemailer throws it. */
const failure = (code: string, command: string, response?: string) =>
  Object.assign(new Error(response ?? `${code} at ${command}`), {
    ...{ code, command },
    ...(response && { response, responseCode: Number(response.slice(0, 3)) }),
  });

describe('a mail server', () => {
  test.each([
    ['refuses a recipient', failure('EENVELOPE', 'RCPT TO', '550 5.1.1 no such user'), 'refused'],
    ['refuses what the mail says', failure('EMESSAGE', 'DATA', '554 5.7.1 spam'), 'refused'],
    ['is not even asked: the address is none', failure('EENVELOPE', 'API'), 'refused'],
    ['keeps a stranger waiting', failure('EENVELOPE', 'RCPT TO', '450 4.7.1 greylisted'), 'deferred'],
    ['has no room in a mailbox', failure('EMESSAGE', 'DATA', '452 4.2.2 mailbox full'), 'deferred'],
  ])('that %s: the mail is %3$s', (_what, error, kind) => {
    expect(smtpFailure(error, 'ann@example.com')).toMatchObject({ kind });
  });

  test.each([
    ['nobody listens', failure('ESOCKET', 'CONN')],
    ['it falls silent', failure('ETIMEDOUT', 'CONN')],
    ['its name is not known', failure('EDNS', 'CONN')],
    ['it gives up in the middle', failure('ECONNECTION', 'CONN')],
    ['the password is wrong', failure('EAUTH', 'AUTH PLAIN', '535 5.7.8 wrong')],
    ['it wants a password', failure('EENVELOPE', 'RCPT TO', '530 5.7.0 authenticate first')],
    ['it will not have our sender', failure('EENVELOPE', 'MAIL FROM', '553 5.7.1 not your address')],
    ['it is about to close', failure('EENVELOPE', 'RCPT TO', '421 4.3.2 shutting down')],
    ['the time for a mail is over', Object.assign(new Error('aborted'), { name: 'AbortError' })],
  ])('is infrastructure where %s', (_what, error) => {
    expect(() => smtpFailure(error, 'ann@example.com')).toThrow(InfrastructureFailure);
  });

  test('may name the address in its refusal, which is not kept', () => {
    const error = failure('EENVELOPE', 'RCPT TO', '550 5.1.1 <ann@example.com>: no such user');
    expect(smtpFailure(error, 'ann@example.com')).toEqual({
      ...{ kind: 'refused', reason: '550 5.1.1 <<address>>: no such user' },
    });
  });
});
