import { PROBLEMS } from '../../domain/problems';
import { type ApiWorld, apiWorld, token } from './support/api-world';

describe('over HTTP', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld({ env: { RATE_LIMIT_PER_MINUTE: '40' } });
  });
  afterAll(() => world.close());

  let callers = 0;
  const somebody = () => `traveler:c${++callers}`;
  const post = (body: string, headers: Record<string, string> = {}, as = somebody()) =>
    world.call('POST', '/api/bookings', { as, body, headers });

  test.each([
    ['malformed JSON', '{"a":', {}, 400, 'malformed-json'],
    ['a number for a body', '5', {}, 400, 'malformed-json'],
    ['an array for a body', '[]', {}, 400, 'invalid-request'],
    ['an empty body', '', {}, 400, 'invalid-request'],
    ['more than 64 kB', JSON.stringify({ a: 'x'.repeat(65 * 1024) }), {}, 413, 'payload-too-large'],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['an unknown encoding', '{}', { 'content-encoding': 'zip' }, 415, 'unsupported-media-type'],
    [
      'an unknown charset',
      '{}',
      { 'content-type': 'application/json; charset=x' },
      415,
      'unsupported-media-type',
    ],
  ])('%s is a problem', async (_, body, headers: Record<string, string>, status, code) => {
    const reply = await post(body, headers);
    expect(reply.json).toMatchObject({ status, code, type: `/problems/${code}`, instance: '/api/bookings' });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
  });

  test('an unknown address, an unknown method and a badly encoded address', async () => {
    expect((await world.call('GET', '/api/nothing')).json.code).toBe('not-found');
    const reply = await world.call('PATCH', '/api/bookings');
    expect(reply.json).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect(reply.headers.get('allow')).toBe('POST, GET, HEAD');
    expect((await fetch(`${world.base}/api/bookings/%zz`)).status).toBe(400);
    expect((await fetch(`${world.base}/livez`, { method: 'HEAD' })).status).toBe(200);
  });

  test('every answer carries a request id: the caller’s where it is sane', async () => {
    const id = async (sent?: string) =>
      (
        await world.call('GET', '/livez', sent === undefined ? {} : { headers: { 'x-request-id': sent } })
      ).headers.get('x-request-id');
    expect(await id('abc-123')).toBe('abc-123');
    expect(await id()).toMatch(/^[0-9a-f-]{36}$/);
    expect(await id('<script>')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await id('x'.repeat(200))).toMatch(/^[0-9a-f-]{36}$/);
    const problem = await world.call('GET', '/api/nothing', { headers: { 'x-request-id': 'abc-124' } });
    expect(problem.json.requestId).toBe('abc-124');
    expect(world.log.join('')).toMatch('abc-124');
  });

  test('the log holds neither tokens nor bodies nor queries', async () => {
    const bearer = await token('traveler:quiet', { email: 'quiet@example.org' });
    const body = JSON.stringify({ propertyId: 'PROP-001', paymentToken: 'tok_secret' });
    await world.call('POST', '/api/bookings?hush=1', { as: `Bearer ${bearer}`, body, key: 'secret-key' });
    await world.call('GET', '/api/bookings?cursor=hush', { as: `Bearer ${bearer}` });
    expect(world.log.join('')).toMatch('POST /api/bookings 400');
    for (const secret of [bearer, 'quiet', 'tok_secret', 'secret-key', 'hush']) {
      expect(world.log.join('')).not.toMatch(secret);
    }
  });

  test('too many requests are turned away, by caller', async () => {
    const noisy = somebody();
    const replies = await Promise.all(
      Array.from({ length: 41 }, () => world.call('GET', '/api/bookings', { as: noisy })),
    );
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.json.code).toBe('too-many-requests');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('ratelimit-policy')).toMatch('q=40; w=60');
    expect((await world.call('GET', '/api/bookings', { as: somebody() })).status).toBe(200);
    expect((await world.call('GET', '/livez')).status).toBe(200);
  });

  test('headers protect the pages, and answers are not cached', async () => {
    const { headers } = await world.call('GET', '/api/bookings', { as: somebody() });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('the docs page works under its content policy', async () => {
    const page = await fetch(`${world.base}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toMatch("script-src 'self'");
    expect(html).not.toMatch(/<script(?![^>]*src=)/);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) expect((await fetch(world.base + file)).status).toBe(200);
  });

  test('every problem has a page', async () => {
    for (const [code, { title, status }] of Object.entries(PROBLEMS)) {
      const { json } = await world.call('GET', `/problems/${code}`);
      expect(json).toMatchObject({ type: `/problems/${code}`, title, status });
      expect(json.explanation.length).toBeGreaterThan(8);
    }
    expect((await world.call('GET', '/problems/toString')).status).toBe(404);
  });

  test('metrics count requests by route, never by address', async () => {
    await world.call('GET', '/api/bookings/BKG00000000000000000000', { as: somebody() });
    const { text } = await world.call('GET', '/metrics');
    expect(text).toMatch(
      'http_request_duration_seconds_count{method="GET",route="/api/bookings/:id",status="404"} 1',
    );
    expect(text).not.toMatch('BKG0');
  });
});

describe('a defect', () => {
  test('is a 500 that tells nothing, and is logged', async () => {
    const world = await apiWorld({
      deps: { now: () => new Date(NaN) },
    });
    try {
      const body = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };
      const { json } = await world.call('POST', '/api/bookings', { as: 'traveler:ann', body });
      expect(json).toMatchObject({ status: 500, code: 'internal-error' });
      expect(Object.keys(json).sort()).toEqual(
        ['code', 'detail', 'instance', 'requestId', 'status', 'title', 'type'].sort(),
      );
      expect(json.detail).toBe(
        'This is our fault and has been logged. Report it with the requestId if it stays.',
      );
      expect(world.log.join('')).toMatch(/"stack"/);
      expect(world.log.join('')).toMatch(json.requestId);
    } finally {
      await world.close();
    }
  });
});
