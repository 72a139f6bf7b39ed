import { z } from 'zod';

/** What a process does. `all` is every role in one process, for development only. */
export const ROLES = ['api', 'worker', 'bridge', 'consumers', 'all'] as const;
export type Role = (typeof ROLES)[number];

const port = z.coerce.number().int().min(1).max(65535);
const flag = z.enum(['true', 'false', '1', '0', '']).transform((value) => value === 'true' || value === '1');
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/**
 * Every setting the product reads from its environment, with its default.
 * docs/configuration.md is generated from the descriptions.
 */
const environment = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('`production` refuses development conveniences (dev tokens, ROLE=all, failpoints).'),
  ROLE: z.enum(ROLES).default('all').describe('Which part this process runs.'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),

  PORT: port.default(3000).describe('Port of the REST API.'),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(0)
    .describe('Port for /livez, /readyz, /metrics of a process without the API role; 0: none.'),
  TRUST_PROXY: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('How many proxies stand in front of the API.'),
  RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .describe('Requests a minute for one caller.'),
  BILLING_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(20_000)
    .default(10_000)
    .describe('How long POST /api/billing waits for the outcome before it answers 202.'),
  LIVE_STREAMS: z.coerce
    .number()
    .int()
    .min(1)
    .default(1000)
    .describe('Live streams that one API process takes.'),
  LIVE_STREAMS_PER_CALLER: z.coerce
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('Live streams of one caller, at one API process.'),
  LIVE_HEARTBEAT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(15_000)
    .describe(
      'After so long without an event a live stream says that it is alive, and looks at its log by itself. Shorter than a ' +
        'proxy keeps silent connections.',
    ),

  DATABASE_URL: z.string().default('postgresql://booking:booking@127.0.0.1:54329/booking'),
  DATABASE_POOL: z.coerce.number().int().min(1).default(10).describe('Connections in the pool of each role.'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_TASK_QUEUE: z.string().default('bookings'),
  TEMPORAL_UI_URL: z
    .string()
    .default('http://127.0.0.1:8233')
    .describe('Base address for links into the Web UI.'),
  TEMPORAL_TLS: flag.default(false),
  TEMPORAL_API_KEY: z.string().optional(),
  WORKER_BUILD_ID: z
    .string()
    .optional()
    .describe('Set, the worker is versioned under this build id (see docs).'),
  WORKER_DEPLOYMENT: z.string().default('booking-saga'),

  KAFKA_BROKERS: list
    .default(['127.0.0.1:9092'])
    .describe('Comma separated. Empty: the product runs without Kafka.'),
  KAFKA_REQUEST_TOPIC: z.string().default('booking-requests'),
  KAFKA_RESPONSE_TOPIC: z.string().default('booking-updates'),
  KAFKA_PARTITIONS: z.coerce.number().int().min(3).max(20).default(6),
  KAFKA_REPLICATION: z.coerce.number().int().min(1).default(1),
  KAFKA_SEND_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(500)
    .default(10_000)
    .describe('How long one batch may take to be acknowledged; a new lane holder waits it out.'),
  TOPIC_DIALECTS: list
    .default([])
    .describe(
      'Further dialects (stays, travel, hotel) every booking is mirrored in, besides its own system.',
    ),
  CONSUMER_GROUPS: list
    .default([])
    .describe('Comma separated names of the consumer groups that ROLE=consumers runs. Empty: all.'),
  CONSUMER_GROUP_PREFIX: z
    .string()
    .default('')
    .describe(
      'Put before the id of every consumer group, where several copies of the product share a cluster.',
    ),

  AUTH_SECRET: z
    .string()
    .min(32, 'AUTH_SECRET must have at least 32 characters')
    .default('development-only-secret-do-not-use-in-production')
    .describe('HS256 secret, development and test only.'),
  AUTH_JWKS_URL: z.url().optional().describe('JWKS of the identity provider; required in production.'),
  AUTH_ISSUER: z.string().default('booking-saga'),
  AUTH_AUDIENCE: z.string().default('booking-saga-api'),
  AUTH_ALGORITHMS: list.default(['RS256', 'ES256', 'EdDSA']).describe('Accepted with AUTH_JWKS_URL.'),
  AUTH_COOKIE: z
    .string()
    .optional()
    .describe('Name of a cookie that may carry the token instead of the header.'),
  ALLOWED_ORIGINS: list
    .default([])
    .describe('Origins whose pages may call the API from a browser, and write with the cookie.'),

  PUBLIC_URL: z
    .url()
    .optional()
    .describe('Where the API is reached from outside, for links; defaults to http://127.0.0.1 and `PORT`.'),

  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s/]+/, 'must be the address of a mail server: smtp://user:password@host:587')
    .optional()
    .describe(
      'Mail server that email-notification-group sends by; never logged. Unset: a development mailbox at `/dev/mails`.',
    ),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*?[^\s<>@]+@[^\s<>@]+>?$/, 'must be an address: Bookings <bookings@example.com>')
    .default('Bookings <bookings@localhost>')
    .describe('Whom mails come from.'),

  PAYMENT_PROVIDER: z
    .enum(['simulator', 'stripe'])
    .default('simulator')
    .describe('Who moves the money. `stripe` needs the three settings after this one.'),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\S+$/, 'must be a secret or restricted key: sk_test_…, sk_live_…, rk_…')
    .optional()
    .describe('Secret key of the Stripe account; never logged.'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_\S+$/, 'must be the signing secret of the webhook endpoint: whsec_…')
    .optional()
    .describe('What Stripe signs its webhooks with; never logged.'),
  PAYMENT_RETURN_URL: z
    .url()
    .optional()
    .describe("The front end's page to which Stripe sends a cardholder who has confirmed a payment."),
  STRIPE_API_BASE: z
    .url()
    .default('https://api.stripe.com')
    .describe('Another address to speak Stripe to, such as stripe-mock.'),
  PAYMENT_SIMULATOR_DATABASE_URL: z
    .string()
    .optional()
    .describe('Where the simulated provider keeps its books; defaults to DATABASE_URL.'),
  FAILPOINTS: list.default([]).describe('Test only: named failpoints armed in this process, `name=action`.'),
});

export type Config = z.infer<typeof environment>;

/** A setting that is missing or malformed; `message` names each one and what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks the environment once.
 * @throws {ConfigError} listing every bad setting.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`Bad configuration:\n${lines.join('\n')}`);
  }
  const config = parsed.data;
  requireStripeSettings(config);
  if (config.NODE_ENV === 'production') refuseDevelopmentSettings(config, env);
  return config;
}

/** Who needs what, so that no process holds a secret that it has no use for. */
const STRIPE_NEEDS = {
  STRIPE_SECRET_KEY: 'worker',
  PAYMENT_RETURN_URL: 'worker',
  STRIPE_WEBHOOK_SECRET: 'api',
} as const satisfies Partial<Record<keyof Config, Role>>;

function requireStripeSettings(config: Config): void {
  if (config.PAYMENT_PROVIDER !== 'stripe') return;
  const names = Object.keys(STRIPE_NEEDS) as (keyof typeof STRIPE_NEEDS)[];
  const needed = names.filter((name) => config.ROLE === 'all' || config.ROLE === STRIPE_NEEDS[name]);
  const missing = needed.filter((name) => config[name] === undefined);
  if (missing.length === 0) return;
  const lines = missing.map(
    (name) =>
      `  ${name}: the ${STRIPE_NEEDS[name]} needs it with PAYMENT_PROVIDER=stripe; see docs/payments.md`,
  );
  throw new ConfigError(`Bad configuration:\n${lines.join('\n')}`);
}

function refuseDevelopmentSettings(config: Config, env: Record<string, string | undefined>): void {
  const refused: string[] = [];
  if (config.ROLE === 'all')
    refused.push('ROLE: `all` is for development; start api, worker, bridge and consumers apart');
  if (!config.AUTH_JWKS_URL) refused.push('AUTH_JWKS_URL: required in production');
  if (config.FAILPOINTS.length > 0) refused.push('FAILPOINTS: refused in production');
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'KAFKA_BROKERS']) {
    if (env[name] === undefined) refused.push(`${name}: must be set in production`);
  }
  if (refused.length > 0) throw new ConfigError(`Refused in production:\n  ${refused.join('\n  ')}`);
}

/** Where the API is reached from outside, without a slash at the end. */
export function publicUrl({ PUBLIC_URL, PORT }: Pick<Config, 'PUBLIC_URL' | 'PORT'>): string {
  return (PUBLIC_URL ?? `http://127.0.0.1:${PORT}`).replace(/\/$/, '');
}

/** Name, default and description of every setting, for the documentation. */
export function describeSettings(): { name: string; fallback: string; description: string }[] {
  return Object.entries(environment.shape).map(([name, schema]) => {
    const parsed = (schema as z.ZodType).safeParse(undefined);
    const value = parsed.success ? parsed.data : undefined;
    const fallback = Array.isArray(value) ? value.join(',') : value === undefined ? '' : String(value);
    return { name, fallback, description: schema.description ?? '' };
  });
}
