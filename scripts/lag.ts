import { GROUPS } from '../consumers/groups';
import { Envelopes } from '../consumers/runner/envelope';
import { LAG_LIMITS } from '../consumers/runner/lag';
import { type Config, readConfig } from '../platform/config';
import { openKafka } from '../platform/kafka/open-kafka';
import type { Kafka } from '../platform/kafka/port';
import { createLogger } from '../platform/logger';
import { pause } from '../platform/waiting';
import { onInterruption } from './interruption';
import { readWords, runKafkaCommand, UsageError } from './kafka-command';
import { measureLag, type PartitionLag, pastLimits, type Reader } from './lag/measure';
import { ageInWords, type Format, formatFor, type Line, listing } from './listing';

const USAGE = `Usage: npm run -s lag [-- GROUP ...] [--watch] [--check] [--json]
How far the product's groups are behind, or those named, which may be anybody's: for each partition the messages that
are not committed, and how old the oldest of them is.

  --watch   again every five seconds, until Ctrl-C
  --check   only groups past a limit: more than ${LAG_LIMITS.messages} messages, or one older than ${LAG_LIMITS.seconds / 60} minutes; exit code 1
            where there is one, so that a timer may run it
  --json    a line of JSON for each partition

Reads KAFKA_BROKERS and CONSUMER_GROUP_PREFIX. \`npm run -s topics\` says what the topics hold.`;

const EVERY_MS = 5_000;

interface Wanted {
  readonly names: readonly string[];
  readonly watch: boolean;
  readonly check: boolean;
  readonly json: boolean;
}

function readWanted(args: string[]): Wanted | 'help' {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = readWords(args, {
    ...{ watch: flag, check: flag, json: flag, help: { ...flag, short: 'h' } },
  });
  if (values.help) return 'help';
  const { watch, check, json } = values;
  if (watch && check) throw new UsageError('--check looks once: without --watch.');
  return { names: positionals, watch, check, json };
}

/** @throws {UsageError} for a name that neither the product nor the broker knows */
async function readersOf(names: readonly string[], kafka: Kafka, config: Config): Promise<Reader[]> {
  const ours = GROUPS.map(({ name, topics }) => ({
    ...{ name, groupId: config.CONSUMER_GROUP_PREFIX + name },
    topics: new Envelopes(topics, config).topics,
  }));
  if (names.length === 0) return ours;
  const theirs = (await kafka.admin.describeGroups()).map(({ groupId }) => groupId);
  return names.map((wanted) => {
    const own = ours.find(({ name, groupId }) => name === wanted || groupId === wanted);
    if (own) return own;
    if (theirs.includes(wanted)) return { groupId: wanted };
    const known = [...new Set([...ours.map(({ groupId }) => groupId), ...theirs])].sort();
    throw new UsageError(`There is no group "${wanted}". There are ${known.join(', ')}.`);
  });
}

async function main(): Promise<number> {
  const wanted = readWanted(process.argv.slice(2));
  if (wanted === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const config = readConfig();
  const logger = createLogger('silent', 'lag');
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'booking-saga-lag', logger });
  const readers = await readersOf(wanted.names, kafka, config);
  const format = formatFor(wanted.json);
  if (wanted.watch) {
    await watch(kafka, readers, format);
    return 0;
  }
  const lags = await measureLag(kafka, readers);
  const late = pastLimits(lags);
  const shown = wanted.check ? lags.filter(({ group }) => late.includes(group)) : lags;
  process.stdout.write(
    listing(
      shown.map((lag) => lineOf(lag, format)),
      format,
    ),
  );
  if (lags.length === 0) process.stderr.write('No topics yet: nothing was ever told.\n');
  return wanted.check && late.length > 0 ? 1 : 0;
}

async function watch(kafka: Kafka, readers: readonly Reader[], format: Format): Promise<void> {
  const ended = onInterruption(
    () => undefined,
    () => undefined,
  );
  while (!ended.aborted) {
    const lags = await measureLag(kafka, readers);
    if (format === 'table') process.stdout.write(`${CLEAR}${new Date().toISOString()}\n`);
    process.stdout.write(
      listing(
        lags.map((lag) => lineOf(lag, format)),
        format,
      ),
    );
    await pause(EVERY_MS, ended);
  }
}

/** Of a terminal: all of it, and back to its top. */
const CLEAR = '\u001b[2J\u001b[H';

function lineOf(lag: PartitionLag, format: Format): Line {
  if (format !== 'table') return { ...lag };
  const { group, topic, partition, messages, oldestSeconds } = lag;
  return { group, topic, partition, messages, oldest: messages > 0 ? ageInWords(oldestSeconds * 1_000) : '' };
}

if (require.main === module) runKafkaCommand(main, USAGE);
