import { parseArgs } from 'node:util';
import { readConfig } from '../platform/config';
import { openKafka } from '../platform/kafka/open-kafka';
import type { IncomingMessage, Kafka } from '../platform/kafka/port';
import { createLogger } from '../platform/logger';
import { runKafkaCommand, UsageError } from './kafka-command';

const USAGE = `Usage: npm run -s watch -- TOPIC [TOPIC ...] [--from-beginning] [--headers]
Prints every message as it arrives, one line each: time, topic where there are several, key, value; tabs between.

  --from-beginning  first what the topic still holds; in order within a partition, not across them
  --headers         a line with the headers under each message
  --help

Reads the brokers of KAFKA_BROKERS. Leaves no offsets and no group behind. Ctrl-C ends it.
\`npm run -s topics\` lists what can be watched.`;

interface Wanted {
  readonly topics: readonly string[];
  readonly fromBeginning: boolean;
  readonly headers: boolean;
  readonly help: boolean;
}

function readWanted(args: string[]): Wanted {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { 'from-beginning': flag, headers: flag, help: { ...flag, short: 'h' } },
    });
    const { headers, help } = values;
    if (positionals.length === 0 && !help) throw new UsageError('Which topic?');
    return { topics: [...new Set(positionals)], fromBeginning: values['from-beginning'], headers, help };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** One message as text: a line, and another one for its headers where asked. */
export function line(message: IncomingMessage, wanted: Pick<Wanted, 'topics' | 'headers'>): string {
  const { timestamp, topic, key = '(no key)', value = '(no value)', headers } = message;
  const place = wanted.topics.length > 1 ? [topic] : [];
  const text = [new Date(timestamp).toISOString(), ...place, key, value].join('\t');
  return wanted.headers ? `${text}\n\t${JSON.stringify(headers)}\n` : `${text}\n`;
}

async function requireTopics(kafka: Kafka, topics: readonly string[]): Promise<void> {
  const names = await kafka.admin.topicNames();
  const unknown = topics.filter((topic) => !names.includes(topic));
  if (unknown.length === 0) return;
  const there = names.length > 0 ? `There are ${names.join(', ')}.` : 'There are none yet.';
  throw new UsageError(`No such topic: ${unknown.join(', ')}. ${there}`);
}

async function main(): Promise<void> {
  const wanted = readWanted(process.argv.slice(2));
  if (wanted.help) return void process.stdout.write(`${USAGE}\n`);
  const brokers = readConfig().KAFKA_BROKERS;
  const logger = createLogger('silent', 'watch');
  const kafka = openKafka({ brokers, clientId: 'booking-saga-watch', logger });
  await requireTopics(kafka, wanted.topics);

  const ended = endOfWatch();
  const watching = await kafka.watch({
    topics: wanted.topics,
    fromBeginning: wanted.fromBeginning,
    onMessage: (message) => process.stdout.write(line(message, wanted)),
    onCrash: ended.fail,
  });
  process.stderr.write(`Watching ${wanted.topics.join(', ')} at ${brokers.join(', ')}. Ctrl-C ends.\n`);
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
