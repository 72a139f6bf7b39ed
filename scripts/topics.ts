import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { readConfig } from '../platform/config';
import { openKafka } from '../platform/kafka/open-kafka';
import { type GroupDescription, type TopicDescription, WATCHER_PREFIX } from '../platform/kafka/port';
import { createLogger } from '../platform/logger';
import { runKafkaCommand, UsageError } from './kafka-command';

const USAGE = `Usage: npm run -s topics [-- TOPIC]
Lists the topics with partitions, replicas, retention and messages that can still be read, and the consumer groups
with their lag; with a TOPIC only that one and the groups that read it.

Reads the brokers of KAFKA_BROKERS.`;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

function readTopic(args: string[]): { topic: string | undefined; help: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h', default: false } },
    });
    if (positionals.length > 1) throw new UsageError('One topic at a time.');
    return { topic: positionals[0], help: values.help };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** For people: `7 days`, `12 hours`, `for ever`. */
export function retentionInWords(retentionMs: number | undefined): string {
  if (retentionMs === undefined) return 'unknown';
  if (retentionMs < 0) return 'for ever';
  if (retentionMs >= DAY_MS) return `${Math.round(retentionMs / DAY_MS)} days`;
  return `${Math.round(retentionMs / HOUR_MS)} hours`;
}

function topicTable(topics: readonly TopicDescription[]): string {
  const table = new Table({
    head: ['topic', 'partitions', 'replicas', 'retention', 'messages'],
    style: { head: [], border: [] },
  });
  for (const { name, partitions, replication, retentionMs, messages } of topics) {
    table.push([name, partitions, replication, retentionInWords(retentionMs), messages]);
  }
  return table.toString();
}

function groupTable(groups: readonly GroupDescription[], topic: string | undefined): string {
  const table = new Table({
    head: ['group', 'state', 'members', 'topic', 'lag'],
    style: { head: [], border: [] },
  });
  // Who only watches commits nothing, so has no lag, and is gone tomorrow.
  const lasting = groups.filter(({ groupId }) => !groupId.startsWith(WATCHER_PREFIX));
  for (const { groupId, state, members, topics } of lasting) {
    const read = topics.filter((lag) => topic === undefined || lag.topic === topic);
    for (const { topic: name, lag } of read) table.push([groupId, state, members, name, lag]);
    if (read.length === 0 && topic === undefined) table.push([groupId, state, members, '–', '–']);
  }
  return table.length > 0 ? table.toString() : 'No consumer groups.';
}

async function main(): Promise<void> {
  const { topic, help } = readTopic(process.argv.slice(2));
  if (help) return void process.stdout.write(`${USAGE}\n`);
  const logger = createLogger('silent', 'topics');
  const { admin } = openKafka({
    brokers: readConfig().KAFKA_BROKERS,
    clientId: 'booking-saga-topics',
    logger,
  });
  const names = await admin.topicNames();
  if (topic !== undefined && !names.includes(topic)) {
    throw new UsageError(`No such topic: ${topic}. There are ${names.join(', ') || 'none yet'}.`);
  }
  const topics = await admin.describeTopics(topic === undefined ? names : [topic]);
  process.stdout.write(`${topicTable(topics)}\n\n${groupTable(await admin.describeGroups(), topic)}\n`);
}

if (require.main === module) runKafkaCommand(main, USAGE);
