import { ConfigError } from '../platform/config';
import { KafkaAway } from '../platform/kafka/port';

/** The call's words are off; the message says how. */
export class UsageError extends Error {}

/**
 * Runs a command that reads Kafka, and ends the process: 0 when it is done, 2 with its usage where the call was
 * wrong, 1 otherwise. Only what nobody expected is shown with its stack.
 */
export function runKafkaCommand(command: () => Promise<void>, usage: string): void {
  command().then(
    () => process.exit(0),
    (error: unknown) => {
      const misused = error instanceof UsageError;
      const expected = misused || error instanceof ConfigError || error instanceof KafkaAway;
      const message = expected ? error.message : (error as Error).stack;
      const away = error instanceof KafkaAway ? 'Kafka cannot be reached (KAFKA_BROKERS): ' : '';
      process.stderr.write(`${away}${message}\n${misused ? `\n${usage}\n` : ''}`);
      process.exit(misused ? 2 : 1);
    },
  );
}
