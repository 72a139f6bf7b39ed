import { parseArgs } from 'node:util';
import { Connection, Client as TemporalClient } from '@temporalio/client';
import { Client } from 'pg';
import { openStripe } from '../activities/stripe/stripe-client';
import { type Config, ConfigError, readConfig } from '../platform/config';
import { temporalEndpoint } from '../platform/temporal/connection';
import { stripeSettings } from './payment-provider';
import { calendarChecks } from './reconcile/calendar-checks';
import type { Check } from './reconcile/finding';
import { ledgerChecks } from './reconcile/ledger-checks';
import { moneyChecks } from './reconcile/money-checks';
import { outboxChecks } from './reconcile/outbox-checks';
import { providerChecks } from './reconcile/provider-checks';
import { providerEventChecks } from './reconcile/provider-event-checks';
import { runChecks } from './reconcile/run-checks';
import { sagaChecks } from './reconcile/saga-checks';
import { stripeChecks } from './reconcile/stripe-checks';

const USAGE = `Usage: npm run reconcile [-- --repair]
Compares calendar, blocks, bookings, event log, outbox, ledger, invoices, sagas and the payment provider, and prints what does not agree.
A dry run unless --repair is given, which mends what is safe to mend (never money). Exit code 1 where anything is left.`;

async function main(): Promise<number> {
  const wanted = readArguments();
  if (wanted.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const config = readConfig();
  const database = await connected(config.DATABASE_URL);
  const provider = await connected(config.PAYMENT_SIMULATOR_DATABASE_URL ?? config.DATABASE_URL);
  const connection = await Connection.connect(temporalEndpoint(config));
  try {
    const checks = allChecks(config, database, provider, connection);
    const say = (line: string) => process.stdout.write(`${line}\n`);
    const { findings, repaired } = await runChecks(checks, wanted.repair, say);
    say(`${findings.length} findings, ${repaired} repaired${wanted.repair ? '' : ' (dry run)'}.`);
    return findings.length > repaired ? 1 : 0;
  } finally {
    await connection.close();
    await provider.end();
    await database.end();
  }
}

/** Every check there is, in the order in which a cause comes before what follows from it. */
export function allChecks(
  config: Config,
  database: Client,
  provider: Client,
  connection: Connection,
): Check[] {
  const temporal = new TemporalClient({ connection, namespace: config.TEMPORAL_NAMESPACE });
  return [
    ...sagaChecks(database, temporal),
    ...outboxChecks(database),
    ...calendarChecks(database),
    ...ledgerChecks(database),
    ...providerEventChecks(database),
    ...(config.PAYMENT_PROVIDER === 'stripe'
      ? stripeChecks(database, openStripe(stripeSettings(config)))
      : [...moneyChecks(database, provider), ...providerChecks(database, provider)]),
  ];
}

function readArguments(): { repair: boolean; help: boolean } {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { repair: flag, help: { ...flag, short: 'h' } } }).values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'booking-saga reconcile' });
  await client.connect();
  return client;
}

if (require.main === module) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`);
      process.exitCode = 2;
    },
  );
}
