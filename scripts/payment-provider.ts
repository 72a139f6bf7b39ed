import { Pool } from 'pg';
import type { PaymentGateway } from '../activities/payment-gateway';
import { PaymentSimulator } from '../activities/payment-simulator/simulator';
import { StripeGateway } from '../activities/stripe/gateway';
import { referencesIn } from '../activities/stripe/references';
import { openStripe, type StripeSettings } from '../activities/stripe/stripe-client';
import { type Config, ConfigError, publicUrl } from '../platform/config';
import type { Database } from '../platform/database/client';
import type { Logger } from '../platform/logger';

/** Who moves the money, and how to let go of what that opened. */
export interface PaymentProvider {
  readonly gateway: PaymentGateway;
  close(): Promise<void>;
}

/** The provider that PAYMENT_PROVIDER names. */
export function openPaymentProvider(config: Config, database: Database, logger: Logger): PaymentProvider {
  switch (config.PAYMENT_PROVIDER) {
    case 'simulator':
      return simulator(config, logger);
    case 'stripe':
      return stripe(config, database, logger);
  }
}

function simulator(config: Config, logger: Logger): PaymentProvider {
  const books = new Pool({
    connectionString: config.PAYMENT_SIMULATOR_DATABASE_URL ?? config.DATABASE_URL,
    application_name: 'payment simulator',
    max: config.DATABASE_POOL,
    connectionTimeoutMillis: 2_000,
  });
  // Idle connections that the server closes are replaced; the calls in flight report their own failure.
  books.on('error', (error) => logger.debug({ err: error }, 'payment simulator lost a connection'));
  return { gateway: new PaymentSimulator(books, publicUrl(config)), close: () => books.end() };
}

function stripe(config: Config, database: Database, logger: Logger): PaymentProvider {
  const { PAYMENT_RETURN_URL: returnUrl } = config;
  if (!returnUrl) throw new ConfigError('PAYMENT_PROVIDER=stripe needs PAYMENT_RETURN_URL');
  const gateway = new StripeGateway({
    stripe: openStripe(stripeSettings(config)),
    references: referencesIn(database),
    returnUrl,
    logger,
  });
  return { gateway, close: async () => undefined };
}

/** @throws {ConfigError} without a key */
export function stripeSettings({
  STRIPE_SECRET_KEY: secretKey,
  STRIPE_API_BASE: apiBase,
}: Config): StripeSettings {
  if (!secretKey) throw new ConfigError('PAYMENT_PROVIDER=stripe needs STRIPE_SECRET_KEY');
  return { secretKey, apiBase };
}
