import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import { type Config, ConfigError, readConfig } from '../platform/config';

const USAGE = `Usage: npm run -s token -- --role traveler|owner|admin --sub ID [--email ADDRESS] [--ttl 8h]
Prints a token for the local API, signed with AUTH_SECRET. Not for production.`;

const ROLES = ['traveler', 'owner', 'admin'] as const;

/** Whom a development token speaks for. */
export interface TokenSubject {
  readonly role: (typeof ROLES)[number];
  readonly sub: string;
  readonly email?: string | undefined;
  /** How long it is good for: `30m`, `8h`, `7d`. */
  readonly ttl: string;
}

class UsageError extends Error {}

/** Signs a token as the identity provider would, with the development secret. */
export function signToken({ role, sub, email, ttl }: TokenSubject, config: Config): Promise<string> {
  return new SignJWT({ role, ...(email ? { email } : {}) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuer(config.AUTH_ISSUER)
    .setAudience(config.AUTH_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(ttl)
    .sign(new TextEncoder().encode(config.AUTH_SECRET));
}

function readSubject(args: string[]): TokenSubject {
  const { values } = parseValues(args);
  const role = ROLES.find((known) => known === values.role);
  if (!role) throw new UsageError(`--role must be one of ${ROLES.join(', ')}.`);
  const sub = values.sub?.trim();
  if (!sub) throw new UsageError('--sub is missing: the id of the caller, such as traveler-1.');
  if (!/^[1-9]\d*\s?[smhd]$/.test(values.ttl)) throw new UsageError('--ttl is a time such as 30m, 8h or 7d.');
  const { email } = values;
  if (email !== undefined && !/^\S+@\S+$/.test(email)) throw new UsageError('--email is not an address.');
  return { role, sub, email, ttl: values.ttl };
}

function parseValues(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: { role: text, sub: text, email: text, ttl: { ...text, default: '8h' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function main(): Promise<void> {
  if (process.env.NODE_ENV === 'production') {
    throw new UsageError('Refused in production: tokens come from the identity provider there.');
  }
  const subject = readSubject(process.argv.slice(2));
  process.stdout.write(`${await signToken(subject, readConfig())}\n`);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    const expected = error instanceof UsageError || error instanceof ConfigError;
    const message = expected ? error.message : (error as Error).stack;
    process.stderr.write(`${message}\n${error instanceof UsageError ? `\n${USAGE}\n` : ''}`);
    process.exitCode = expected ? 2 : 1;
  });
}
