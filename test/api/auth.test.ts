import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { tokenVerifier } from '../../api/auth/verify-token';
import { readConfig } from '../../platform/config';
import { type ApiWorld, apiWorld, listen, SECRET, token } from './support/api-world';

const LIST = '/api/bookings';

describe('a token', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld();
  });
  afterAll(() => world.close());

  const list = (authorization?: string) =>
    world.call('GET', LIST, authorization === undefined ? {} : { headers: { authorization } });

  test('that is good lets in', async () => {
    expect((await list(`Bearer ${await token('traveler:ann')}`)).status).toBe(200);
    expect((await list(`bearer ${await token('traveler:ann')}`)).status).toBe(200);
  });

  test('that is missing is asked for', async () => {
    const reply = await list();
    expect(reply.json).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="booking-saga"');
  });

  const seconds = () => Math.floor(Date.now() / 1000);
  const bad: [string, () => Promise<string> | string][] = [
    ['of another secret', () => token('traveler:ann', {}, 'x'.repeat(40))],
    ['that has expired', () => token('traveler:ann', { exp: seconds() - 60 })],
    ['that never expires', () => token('traveler:ann', { exp: undefined })],
    ['that is not valid yet', () => token('traveler:ann', { nbf: seconds() + 60 })],
    ['of another issuer', () => token('traveler:ann', { iss: 'somebody' })],
    ['for another audience', () => token('traveler:ann', { aud: 'something' })],
    ['of nobody', () => token('traveler:ann', { sub: undefined })],
    ['of somebody with control characters', () => token('traveler:ann', { sub: 'a\u0000' })],
    ['without a role', () => token('traveler:ann', { role: undefined })],
    ['of an unknown role', () => token('emperor:ann')],
    ['that is no token', () => 'nonsense'],
    [
      'without a signature',
      () => `${encode({ alg: 'none' })}.${encode({ sub: 'ann', role: 'traveler', exp: seconds() + 60 })}.`,
    ],
  ];
  test.each(bad)('%s does not', async (_, make) => {
    const reply = await list(`Bearer ${await make()}`);
    expect(reply.json).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(reply.headers.get('www-authenticate')).toMatch(/error="invalid_token", error_description="/);
  });

  test('that brings its own key is checked with ours', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const own = await new SignJWT({ role: 'traveler' })
      .setProtectedHeader({ alg: 'ES256', jwk, jku: 'http://127.0.0.1:9/keys', kid: 'mine' })
      .setSubject('eve')
      .setIssuer('booking-saga')
      .setAudience('booking-saga-api')
      .setExpirationTime('5m')
      .sign(privateKey);
    expect((await list(`Bearer ${own}`)).status).toBe(401);
  });

  test('in another scheme is none', async () => {
    expect((await list('Basic YW5uOmFubg==')).status).toBe(401);
  });

  test('in a cookie is none, where no cookie is configured', async () => {
    const cookie = `session=${await token('traveler:ann')}`;
    expect((await world.call('GET', LIST, { headers: { cookie } })).status).toBe(401);
  });
});

describe('tokens of an identity provider', () => {
  test('are checked with its keys, and never by HMAC', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    const fetched: string[] = [];
    const provider = createServer((request, response) => {
      fetched.push(request.url ?? '');
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    const other = createServer((_, response) => {
      fetched.push('foreign');
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    const jku = await listen(other);
    const world = await apiWorld({
      env: { AUTH_JWKS_URL: `${await listen(provider)}/keys`, AUTH_ALGORITHMS: 'ES256' },
    });
    try {
      const sign = (header: object = {}) =>
        new SignJWT({ role: 'traveler' })
          .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
          .setSubject('ann')
          .setIssuer('booking-saga')
          .setAudience('booking-saga-api')
          .setExpirationTime('5m')
          .sign(privateKey);
      const list = async (bearer: string) =>
        (await world.call('GET', LIST, { as: `Bearer ${bearer}` })).status;
      expect(await list(await sign())).toBe(200);
      // Where it says its keys are is of no interest.
      expect(await list(await sign({ jku: `${jku}/keys`, x5u: `${jku}/cert` }))).toBe(200);
      expect(await list(await sign({ kid: 'k2', jku: `${jku}/keys` }))).toBe(401);
      expect(await list(await token('traveler:ann'))).toBe(401);
      expect(await list(await token('traveler:ann', {}, JSON.stringify(jwk)))).toBe(401);
      expect(new Set(fetched)).toEqual(new Set(['/keys']));
    } finally {
      await world.close();
      for (const server of [provider, other]) {
        server.closeAllConnections();
        server.close();
      }
    }
  });

  test('cannot be configured to be forged', () => {
    const config = readConfig({ AUTH_JWKS_URL: 'https://id.example/keys' });
    expect(() => tokenVerifier(config)).not.toThrow();
    for (const unfit of ['HS256', 'none']) {
      expect(() => tokenVerifier({ ...config, AUTH_ALGORITHMS: ['ES256', unfit] })).toThrow(unfit);
    }
    expect(() => tokenVerifier({ ...readConfig({}), NODE_ENV: 'production' })).toThrow('AUTH_JWKS_URL');
  });

  test('cannot be checked while it is away: that is our trouble, not the caller’s', async () => {
    const world = await apiWorld({ env: { AUTH_JWKS_URL: 'http://127.0.0.1:9/keys' } });
    try {
      const { privateKey } = await generateKeyPair('ES256');
      const bearer = await new SignJWT({ role: 'traveler', sub: 'ann' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setExpirationTime('5m')
        .sign(privateKey);
      const reply = await world.call('GET', LIST, { as: `Bearer ${bearer}` });
      expect(reply.json).toMatchObject({ status: 503, code: 'unavailable' });
    } finally {
      await world.close();
    }
  });
});

describe('a cookie', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld({
      env: { AUTH_COOKIE: 'session', ALLOWED_ORIGINS: 'https://a.example,https://b.example' },
    });
  });
  afterAll(() => world.close());

  const body = { propertyId: 'PROP-001', startDate: '2026-07-01', endDate: '2026-07-04' };
  const cookie = async () => `theme=dark; session=${await token('traveler:ann')}; lang=en`;
  const create = async (headers: Record<string, string>) =>
    (await world.call('POST', LIST, { body, headers: { cookie: await cookie(), ...headers } })).status;

  test('reads from anywhere', async () => {
    expect((await world.call('GET', LIST, { headers: { cookie: await cookie() } })).status).toBe(200);
  });

  test('writes from pages of allowed origins only', async () => {
    expect(await create({ origin: 'https://b.example' })).toBe(201);
    expect(await create({ origin: 'https://evil.example' })).toBe(403);
    expect(await create({ origin: 'null' })).toBe(403);
    expect(await create({})).toBe(403);
  });

  test('does not count beside a header', async () => {
    const headers = { cookie: await cookie(), authorization: 'Bearer nonsense' };
    expect((await world.call('GET', LIST, { headers })).status).toBe(401);
  });

  test('is not needed beside a good header, whose writes need no origin', async () => {
    const authorization = `Bearer ${await token('traveler:ann', {}, SECRET)}`;
    expect(await create({ authorization })).toBe(201);
  });
});

describe('a page of another origin', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await apiWorld({
      env: { AUTH_COOKIE: 'session', ALLOWED_ORIGINS: 'https://a.example,https://b.example' },
    });
  });
  afterAll(() => world.close());

  const preflight = (origin: string, path = LIST) =>
    fetch(world.base + path, {
      method: 'OPTIONS',
      headers: {
        ...{ origin, 'access-control-request-method': 'POST' },
        'access-control-request-headers': 'content-type,idempotency-key',
      },
    });
  const corsHeaders = (headers: Headers) =>
    [...headers.keys()].filter((name) => name.startsWith('access-control'));

  test('may call where its origin is allowed', async () => {
    const { status, headers } = await preflight('https://b.example');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('https://b.example');
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-methods')).toBe('GET,POST,PUT,PATCH,DELETE');
    expect(headers.get('access-control-allow-headers')).toBe(
      'authorization,content-type,idempotency-key,last-event-id',
    );
    expect(headers.get('access-control-max-age')).toBe('600');
    expect(headers.get('vary')).toContain('Origin');
  });

  test('may read the answers, a refusal and a live stream among them', async () => {
    const read = async (path: string, headers: Record<string, string>) => {
      const abort = new AbortController();
      const reply = await fetch(world.base + path, { headers, signal: abort.signal });
      abort.abort();
      return [reply.status, reply.headers.get('access-control-allow-origin')];
    };
    const origin = 'https://a.example';
    expect(await read(LIST, { origin, authorization: 'Bearer nonsense' })).toEqual([401, origin]);
    const cookie = `session=${await token('owner:owner-1')}`;
    expect(await read('/api/owners/events', { origin, cookie })).toEqual([200, origin]);
    const { headers } = await world.call('GET', LIST, { headers: { origin } });
    expect(headers.get('access-control-expose-headers')).toContain('Location,X-Request-Id,Retry-After');
  });

  test('gets no header where its origin is not allowed, or none is', async () => {
    for (const origin of ['https://evil.example', 'https://b.example.evil.example', 'null']) {
      expect(corsHeaders((await preflight(origin)).headers)).toEqual([]);
      expect(corsHeaders((await world.call('GET', LIST, { headers: { origin } })).headers)).toEqual([]);
    }
    expect(corsHeaders((await world.call('GET', LIST)).headers)).toEqual([]);
    const refusing = await apiWorld({ env: { AUTH_COOKIE: 'session' } });
    const { headers } = await refusing.call('GET', LIST, { headers: { origin: 'null' } });
    await refusing.close();
    expect(corsHeaders(headers)).toEqual([]);
  });
});

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
