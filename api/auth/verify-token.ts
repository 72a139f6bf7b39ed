import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { Problem } from '../../domain/problems';
import { type Config, ConfigError } from '../../platform/config';
import { type Caller, ROLES } from './caller';

/**
 * Reads a token.
 * @throws {BadToken} where it proves nothing
 * @throws {Problem} `unavailable` where the identity provider's keys cannot be had
 */
export type VerifyToken = (token: string) => Promise<Caller>;

/** A token that proves nothing, and why. */
export class BadToken extends Error {
  override readonly name = 'BadToken';
}

type AuthSettings = Pick<
  Config,
  'NODE_ENV' | 'AUTH_SECRET' | 'AUTH_JWKS_URL' | 'AUTH_ISSUER' | 'AUTH_AUDIENCE' | 'AUTH_ALGORITHMS'
>;

/** By how much clocks may differ, seconds. */
const CLOCK_TOLERANCE = 5;
/** The last that a Date can hold. */
const LAST_INSTANT_MS = 8.64e15;

const claims = z.object({
  // Ids end up in workflow metadata, logs and keys: no control characters, no novel.
  sub: z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters'),
  role: z.enum(ROLES),
  exp: z.number(),
});
const email = z.email().max(320);

/**
 * Keys come from the configured JWKS or secret alone; whatever a token says about its key is ignored.
 * @throws {ConfigError} for settings that would let forged tokens in
 */
export function tokenVerifier(config: AuthSettings): VerifyToken {
  const check = signatureCheck(config);
  return async (token) => {
    const payload = await verified(() => check(token));
    const known = claims.safeParse(payload);
    if (!known.success) {
      const [issue] = known.error.issues;
      throw new BadToken(`claim ${issue?.path.join('.')}: ${issue?.message}`);
    }
    const mail = email.safeParse(payload.email);
    const { sub: id, role, exp } = known.data;
    const expiresAt = new Date(Math.min((exp + CLOCK_TOLERANCE) * 1000, LAST_INSTANT_MS));
    return { id, role, expiresAt, ...(mail.success && { email: mail.data }) };
  };
}

function signatureCheck(config: AuthSettings): (token: string) => Promise<JWTPayload> {
  const rules: JWTVerifyOptions = {
    issuer: config.AUTH_ISSUER,
    audience: config.AUTH_AUDIENCE,
    requiredClaims: ['exp', 'sub', 'role'],
    clockTolerance: CLOCK_TOLERANCE,
  };
  if (config.AUTH_JWKS_URL === undefined) {
    if (config.NODE_ENV === 'production') throw new ConfigError('AUTH_JWKS_URL: required in production');
    const secret = new TextEncoder().encode(config.AUTH_SECRET);
    return async (token) => (await jwtVerify(token, secret, { ...rules, algorithms: ['HS256'] })).payload;
  }
  const keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(config.AUTH_JWKS_URL), { timeoutDuration: 2000 });
  // A public key must never serve as the secret of an HMAC.
  const unfit = config.AUTH_ALGORITHMS.filter((name) => name.startsWith('HS') || name === 'none');
  if (unfit.length > 0)
    throw new ConfigError(`AUTH_ALGORITHMS: ${unfit.join(', ')} cannot go with AUTH_JWKS_URL`);
  const algorithms = config.AUTH_ALGORITHMS;
  return async (token) => (await jwtVerify(token, keys, { ...rules, algorithms })).payload;
}

/** Tells a bad token from an identity provider that is away. */
async function verified(check: () => Promise<JWTPayload>): Promise<JWTPayload> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new BadToken('the token has expired');
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw new BadToken(`claim ${error.claim}: ${error.reason === 'missing' ? 'missing' : 'not accepted'}`);
    }
    const keysAway = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
    if (error instanceof errors.JOSEError && !keysAway && error.code !== 'ERR_JOSE_GENERIC') {
      throw new BadToken('the token is malformed, or its signature or algorithm is not accepted');
    }
    throw new Problem('unavailable', 'The keys to check your token with cannot be had. Try again.', {}, 5);
  }
}
