import pino from 'pino';
import { StripeGateway } from '../../../activities/stripe/gateway';
import { referencesIn } from '../../../activities/stripe/references';
import { openStripe } from '../../../activities/stripe/stripe-client';
import type { BookingId } from '../../../domain/ids';
import { openDatabase } from '../../../platform/database/client';
import { freshDatabase, type TestDatabase } from '../../support/database';

export const SECRET_KEY = 'sk_test_123';
export const BOOKING = 'BKG01M7XYEAG49DE3TYS151' as BookingId;
export const RETURN_URL = 'https://shop.example/paid';

/** The adapter over a database of its own, speaking to whatever stands in for Stripe. */
export interface StripeWorld {
  readonly gateway: StripeGateway;
  readonly database: TestDatabase;
  /** Lines of the log, as JSON. */
  readonly log: string[];
  close(): Promise<void>;
}

export async function stripeWorld(apiBase: string, secretKey = SECRET_KEY): Promise<StripeWorld> {
  const database = await freshDatabase();
  const prisma = openDatabase({
    url: database.url,
    applicationName: 'stripe test',
    poolSize: 3,
    transactionTimeoutMs: 20_000,
    connectTimeoutMs: 20_000,
  });
  const log: string[] = [];
  const gateway = new StripeGateway({
    stripe: openStripe({ secretKey, apiBase }),
    references: referencesIn(prisma),
    returnUrl: RETURN_URL,
    logger: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
  });
  return {
    gateway,
    database,
    log,
    close: async () => {
      await prisma.$disconnect();
      await database.close();
    },
  };
}
