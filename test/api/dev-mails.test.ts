import { until } from '../support/until';
import { type ApiWorld, apiWorld, token } from './support/api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
});
afterAll(() => world.close());

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

test('the development mailbox shows mails, as a page to browsers and as JSON to others', async () => {
  expect((await world.call('GET', '/dev/mails', { headers: BROWSER })).text).toContain('No mails yet');
  await world.database.query(
    `INSERT INTO email_notification.dev_mailbox (message_id, sender, recipient, subject, body_text, body_html)
     VALUES ('<1@localhost>', 'Bookings <b@localhost>', 'Ann <ann@example.com>', 'Accepted: <b>', 'Hello Ann,',
             '<script>alert("1")</script><p>Hello</p>')`,
  );
  const list = await world.call('GET', '/dev/mails');
  expect(list.json.mails).toMatchObject([{ id: '1', to: 'Ann <ann@example.com>', subject: 'Accepted: <b>' }]);
  expect((await world.call('GET', '/dev/mails/1')).json).toMatchObject({
    ...{ from: 'Bookings <b@localhost>', messageId: '<1@localhost>', text: 'Hello Ann,' },
    html: '<script>alert("1")</script><p>Hello</p>',
  });

  const page = await world.call('GET', '/dev/mails', { headers: BROWSER });
  expect(page.text).toContain('<a href="/dev/mails/1">Accepted: &lt;b&gt;</a>');
  const mail = await world.call('GET', '/dev/mails/1', { headers: BROWSER });
  // What the mail holds is in a frame that runs no scripts, and none of it is in the page itself.
  expect(mail.text).toContain(
    '<iframe sandbox title="The mail as a page" srcdoc="&lt;script&gt;alert(&quot;1&quot;)',
  );
  expect(mail.text).not.toContain('<script');
  for (const { headers } of [page, mail]) {
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
  }
});

test.each(['/dev/mails/2', '/dev/mails/0', '/dev/mails/one', '/dev/mails/99999999999999999999'])(
  '%s is not there',
  async (path) => {
    expect((await world.call('GET', path)).status).toBe(404);
  },
);

test('fields that the mailbox does not know are refused', async () => {
  expect((await world.call('GET', '/dev/mails?to=ann')).status).toBe(400);
});

test('in production there is no mailbox', async () => {
  const real = await apiWorld({
    env: {
      ...{ NODE_ENV: 'production', ROLE: 'api', AUTH_JWKS_URL: 'https://id.example/keys' },
      ...{ TEMPORAL_ADDRESS: '127.0.0.1:9', KAFKA_BROKERS: '' },
    },
  });
  await real.database.query(
    `INSERT INTO email_notification.dev_mailbox (message_id, sender, recipient, subject, body_text, body_html)
     VALUES ('1', '', '', '', '', '')`,
  );
  for (const path of ['/dev/mails', '/dev/mails/1']) expect((await real.call('GET', path)).status).toBe(404);
  await real.close();
});

test('the address in an owner’s token is kept for mail, and a newer one takes its place', async () => {
  const known = () => world.database.query("SELECT email FROM booking.people WHERE id = 'owner-7'");
  for (const email of ['old@example.com', 'new@example.com']) {
    const as = `Bearer ${await token('owner:owner-7', { email })}`;
    expect((await world.call('GET', '/api/owners/bookings', { as })).status).toBe(200);
    await until(known, (rows) => JSON.stringify(rows) === JSON.stringify([{ email }]));
  }
});
