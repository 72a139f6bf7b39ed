import { type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from '../logger';

/** Said by the library as errors or warnings, and either harmless or told by the port itself in better words. */
const QUIETED = [
  // A broker that has just started: retried within milliseconds.
  /coordinator is (loading|not available)/i,
  /^Restarting the consumer/,
  /There is no leader for this topic-partition/,
  // Somebody else made the topic in the same moment; what is really wrong, the port throws.
  /^Response CreateTopics\(/,
  // The port retries by itself, up to a deadline, under the same sequence numbers.
  /Limiting retries for the idempotent producer/,
  // The port's callers say once that Kafka is away; the library says it for every attempt.
  /^(Connection error|Connection timeout|Closed connection|Failed to connect|Failed to send messages)/,
  /^Request .* timed out/,
  /^Response (Produce|Metadata|Fetch|Heartbeat|JoinGroup|SyncGroup|OffsetCommit|GroupCoordinator)\(/,
  // A group whose members come and go. What that means for a member, whoever reads is told.
  /^The group is rebalancing|^The coordinator is not aware of this member|^Crash: /,
];

/** Lets the library write to our log, under `lib: "kafkajs"`. */
export function logBridge(logger: Logger): () => (entry: LogEntry) => void {
  const log = logger.child({ lib: 'kafkajs' });
  return () =>
    ({ namespace, level, log: { message, timestamp: _, logger: __, ...fields } }) => {
      const line = { namespace, ...fields };
      const quiet = QUIETED.some((known) => known.test(message) || known.test(String(fields.error ?? '')));
      if (quiet || level === logLevel.DEBUG) log.debug(line, message);
      else if (level === logLevel.ERROR) log.error(line, message);
      else if (level === logLevel.WARN) log.warn(line, message);
      else log.debug(line, message);
    };
}
