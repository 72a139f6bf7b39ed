import { DEAD_LETTER_SUFFIX } from '../domain/topics';
import { readConfig } from '../platform/config';
import { openKafka } from '../platform/kafka/open-kafka';
import type { IncomingMessage, Kafka } from '../platform/kafka/port';
import { createLogger } from '../platform/logger';
import { readWords, runKafkaCommand, UsageError } from './kafka-command';

const USAGE = `Usage: npm run -s watch -- TOPIC [TOPIC ...] | --all [--key KEY] [--from-beginning] [--headers] [--json]
Prints every message as it arrives, one line each: time, topic where there are several, key, value; tabs between.

  --all             every topic that there is, without dead letters
  --key KEY         only messages of this key: a booking's id, a property's on the hotel's topics
  --from-beginning  first what the topics still hold; in order within a partition, not across them
  --headers         a line with the headers under each message
  --json            a line of JSON for each message, with its place, headers and value
  --help

Reads the brokers of KAFKA_BROKERS. Leaves no offsets and no group behind. Ctrl-C ends it.
\`npm run -s topics\` lists what can be watched.`;

interface Wanted {
  /** Empty: all. */
  readonly topics: readonly string[];
  readonly key: string | undefined;
  readonly fromBeginning: boolean;
  readonly headers: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** Reads a call. @throws {UsageError} */
export function readWanted(args: string[]): Wanted {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = readWords(args, {
    ...{ 'from-beginning': flag, headers: flag, all: flag, json: flag, help: { ...flag, short: 'h' } },
    key: { type: 'string' },
  });
  const { headers, help, all, key, json } = values;
  if (positionals.length === 0 && !all && !help) throw new UsageError('Which topic?');
  if (positionals.length > 0 && all) throw new UsageError('Either some topics or --all.');
  const topics = [...new Set(positionals)];
  return { topics, key, fromBeginning: values['from-beginning'], headers, json, help };
}

/** One message as text: a line, and another one for its headers where asked. */
export function line(
  message: IncomingMessage,
  wanted: Pick<Wanted, 'topics' | 'headers'> & { readonly json?: boolean },
): string {
  const { timestamp, topic, partition, offset, key = '(no key)', value = '(no value)', headers } = message;
  const time = new Date(timestamp).toISOString();
  if (wanted.json) {
    const place = { time, topic, partition, offset };
    return `${JSON.stringify({ ...place, key: message.key ?? null, headers, value: parsed(message.value) })}\n`;
  }
  const place = wanted.topics.length > 1 ? [topic] : [];
  const text = [time, ...place, key, value].join('\t');
  return wanted.headers ? `${text}\n\t${JSON.stringify(headers)}\n` : `${text}\n`;
}

/** As text where it is no JSON, or nothing. */
function parsed(value: string | undefined): unknown {
  try {
    return JSON.parse(value ?? 'null');
  } catch {
    return value;
  }
}

/** The topics named, or all but those for dead letters. @throws {UsageError} for one that is not there */
async function topicsOf(kafka: Kafka, topics: readonly string[]): Promise<readonly string[]> {
  const names = await kafka.admin.topicNames();
  if (topics.length === 0) {
    const all = names.filter((name) => !name.endsWith(DEAD_LETTER_SUFFIX));
    if (all.length === 0) throw new UsageError('There are no topics yet.');
    return all;
  }
  const unknown = topics.filter((topic) => !names.includes(topic));
  if (unknown.length === 0) return topics;
  const there = names.length > 0 ? `There are ${names.join(', ')}.` : 'There are none yet.';
  throw new UsageError(`No such topic: ${unknown.join(', ')}. ${there}`);
}

async function main(): Promise<void> {
  const wanted = readWanted(process.argv.slice(2));
  if (wanted.help) return void process.stdout.write(`${USAGE}\n`);
  const brokers = readConfig().KAFKA_BROKERS;
  const logger = createLogger('silent', 'watch');
  const kafka = openKafka({ brokers, clientId: 'booking-saga-watch', logger });
  const topics = await topicsOf(kafka, wanted.topics);

  const ended = endOfWatch();
  const watching = await kafka.watch({
    topics,
    fromBeginning: wanted.fromBeginning,
    onMessage: (message) => {
      if (wanted.key !== undefined && message.key !== wanted.key) return;
      process.stdout.write(line(message, { ...wanted, topics }));
    },
    onCrash: ended.fail,
  });
  process.stderr.write(`Watching ${topics.join(', ')} at ${brokers.join(', ')}. Ctrl-C ends.\n`);
  try {
    await ended.promise;
  } finally {
    await watching.stop();
  }
}

/** Ctrl-C, or a reader of our output that has read enough (`| head`). */
function endOfWatch(): { promise: Promise<void>; fail: (error: Error) => void } {
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    fail = reject;
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve();
      else reject(error);
    });
  });
  return { promise, fail };
}

if (require.main === module) runKafkaCommand(main, USAGE);
