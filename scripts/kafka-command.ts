import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError } from '../platform/config';
import { DatabaseAway } from '../platform/database/transactions';
import { KafkaAway } from '../platform/kafka/port';

/** The call's words are off; the message says how. */
export class UsageError extends Error {}

/** Something stands in the way that the message says what to do about. */
export class CannotBeDone extends Error {}

const EXPECTED = [ConfigError, KafkaAway, DatabaseAway, CannotBeDone];

/**
 * The words of a call, as `parseArgs` reads them.
 * @throws {UsageError} in its words
 */
export function readWords<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * Runs a command that reads Kafka, and ends the process: with the command's own answer or 0 when it is done, 2 with its
 * usage where the call was wrong, 1 otherwise. Only what nobody expected is shown with its stack.
 */
export function runKafkaCommand(command: () => Promise<unknown>, usage: string): void {
  command().then(
    (code) => process.exit(typeof code === 'number' ? code : 0),
    (error: unknown) => {
      const misused = error instanceof UsageError;
      const expected = misused || EXPECTED.some((kind) => error instanceof kind);
      const message = expected ? (error as Error).message : (error as Error).stack;
      const away = error instanceof KafkaAway ? 'Kafka cannot be reached (KAFKA_BROKERS): ' : '';
      process.stderr.write(`${away}${message}\n${misused ? `\n${usage}\n` : ''}`);
      process.exit(misused ? 2 : 1);
    },
  );
}
