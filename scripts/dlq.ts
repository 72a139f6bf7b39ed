import { userInfo } from 'node:os';
import { type ReplaySettings, readAgain, replay } from '../consumers/dead-letters/replay';
import { settle } from '../consumers/dead-letters/settled';
import { GROUPS } from '../consumers/groups';
import { type Config, readConfig } from '../platform/config';
import { openTransactions } from '../platform/database/transactions';
import { openKafka } from '../platform/kafka/open-kafka';
import { createLogger } from '../platform/logger';
import { type KnownLetter, type LetterBox, type LetterFilter, lettersIn } from './dlq/letters';
import { documentOf, lineOf, pageOf } from './dlq/show';
import { groupArgument } from './group-argument';
import { readWords, runKafkaCommand, UsageError } from './kafka-command';
import { formatFor, type Line, listing } from './listing';
import { progress } from './progress';

const USAGE = `Usage: npm run -s dlq -- list|show|replay|drop [LETTER ...] [--topic TOPIC] [--group GROUP] [--reason REASON]
                          [--all] [--apply] [--why TEXT] [--by NAME] [--json]
Dead letters: messages that a group could not handle.

  list    those that nothing was done about yet; with --all the others too
  show    LETTER: its headers, its error, its value
  replay  has them handled by their own group's handler, and by no other group's; writes to no topic. What was handled
          already stays as it is. A letter that fails again stays, with its error
  drop    passes over them for good, with --why

A LETTER is <topic>.dlq/<partition>/<offset>, as \`list\` shows it; without one, all that the filters leave.
replay and drop are dry runs unless --apply is given: replay then says which could not even be read.

  --topic, --group, --reason   only those
  --by NAME                    who drops or replays; your login where it is left out
  --json                       a line of JSON for each

Reads KAFKA_BROKERS, DATABASE_URL and CONSUMER_GROUP_PREFIX. Exit code 1 where a letter could not be replayed.`;

const ACTIONS = ['list', 'show', 'replay', 'drop'] as const;
/** A handler of the runner's has no longer. */
const TRANSACTION_MS = 5_000;

interface Wanted {
  readonly action: (typeof ACTIONS)[number];
  readonly filter: LetterFilter;
  readonly all: boolean;
  readonly apply: boolean;
  readonly why: string | undefined;
  readonly by: string;
  readonly json: boolean;
}

export function readWanted(args: string[], prefix: string): Wanted | 'help' {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  const { values, positionals } = readWords(args, {
    ...{ topic: text, group: text, reason: text, why: text, by: text },
    ...{ all: flag, apply: flag, json: flag, help: { ...flag, short: 'h' } },
  });
  if (values.help) return 'help';
  const [word, ...ids] = positionals;
  const action = ACTIONS.find((known) => known === word);
  if (!action) throw new UsageError(`What to do? One of ${ACTIONS.join(', ')}.`);
  const { topic, group, reason, all, apply, why, json } = values;
  const narrowed = ids.length > 0 || [topic, group, reason].some((one) => one !== undefined);
  if (action === 'show' && ids.length === 0) throw new UsageError('Which letter? `list` shows them.');
  if (action === 'drop' && !why?.trim())
    throw new UsageError('--why is missing: it is kept with the letter.');
  if (action === 'drop' && !narrowed) {
    throw new UsageError('Which ones? Name letters, or --topic, --group or --reason.');
  }
  const groupId = group === undefined ? undefined : prefix + groupArgument(group, prefix).name;
  const by = values.by ?? userInfo().username;
  return { action, filter: { topic, groupId, reason, ids }, all, apply, why, by, json };
}

async function main(): Promise<number> {
  const config = readConfig();
  const wanted = readWanted(process.argv.slice(2), config.CONSUMER_GROUP_PREFIX);
  if (wanted === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const logger = createLogger('silent', 'dlq');
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'booking-saga-dlq', logger });
  const transactions = openTransactions({
    ...{ url: config.DATABASE_URL, applicationName: 'booking-saga dlq' },
    ...{ poolSize: 1, timeoutMs: TRANSACTION_MS },
  });
  try {
    return await act(wanted, { kafka, transactions, prefix: config.CONSUMER_GROUP_PREFIX }, config);
  } finally {
    await transactions.close();
  }
}

async function act(wanted: Wanted, box: LetterBox, config: Config): Promise<number> {
  const { action, filter, all, json } = wanted;
  const known = await lettersIn(box, filter);
  const open = known.filter(({ settlement }) => settlement === undefined);
  switch (action) {
    case 'list':
      return list(all ? known : open, json, known.length - open.length);
    case 'show':
      for (const one of known) process.stdout.write(json ? documentOf(one) : `${pageOf(one)}\n`);
      return 0;
    case 'replay':
      return replayAll(open, wanted, {
        transactions: box.transactions,
        groups: GROUPS,
        prefix: box.prefix,
        config,
        logger: createLogger('silent', 'dlq'),
      });
    case 'drop':
      return dropAll(open, wanted, box);
    default:
      return action satisfies never;
  }
}

function list(letters: readonly KnownLetter[], json: boolean, settled: number): number {
  const format = formatFor(json);
  const lines = letters.map((one) => lineOf(one, format, Date.now()));
  // A table has a column for what was done where there is anything to say.
  const anySettled = lines.some((line) => 'settled' in line);
  const even = anySettled ? lines.map((line) => ({ ...line, settled: line.settled ?? null })) : lines;
  process.stdout.write(listing(even, format));
  say(`${letters.length} letters${settled > 0 ? `; something was done about ${settled}` : ''}.`);
  return 0;
}

/** One after the other, in their order: a letter that fails keeps none of the others. */
async function replayAll(
  open: readonly KnownLetter[],
  { apply, by, json }: Wanted,
  settings: ReplaySettings,
): Promise<number> {
  const lines: Line[] = [];
  const said = progress('letters tried');
  for (const { letter } of open) {
    const line = { letter: letter.id, group: letter.groupId };
    if (apply) {
      const result = await replay(letter, settings);
      if (result.kind === 'replayed') {
        // Afterwards, and not in the handler's transaction: without it, the letter is known already the next time.
        await settle(settings.transactions, letter, { outcome: 'replayed', note: result.note, by });
        lines.push({ ...line, outcome: 'replayed', text: result.note });
      } else lines.push({ ...line, outcome: 'failed', text: result.error });
    } else {
      const readable = readAgain(letter, settings);
      if (readable.kind === 'unreadable') lines.push({ ...line, outcome: 'failed', text: readable.error });
      else lines.push({ ...line, outcome: 'would be tried', text: letter.error });
    }
    said(lines.length);
  }
  process.stdout.write(listing(lines, formatFor(json)));
  const failed = lines.filter(({ outcome }) => outcome === 'failed').length;
  say(`${lines.length} letters, ${failed} failed${apply ? '' : ' (dry run: --apply replays them)'}.`);
  return failed > 0 ? 1 : 0;
}

async function dropAll(
  open: readonly KnownLetter[],
  { apply, by, why = '', json }: Wanted,
  { transactions }: LetterBox,
): Promise<number> {
  for (const { letter } of apply ? open : []) {
    await settle(transactions, letter, { outcome: 'dropped', note: why, by });
  }
  const lines = open.map(({ letter: { id, groupId, error } }) => ({
    ...{ letter: id, group: groupId, outcome: apply ? 'dropped' : 'would be dropped', text: error },
  }));
  process.stdout.write(listing(lines, formatFor(json)));
  say(`${open.length} letters${apply ? '' : ' (dry run: --apply drops them)'}.`);
  return 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (require.main === module) runKafkaCommand(main, USAGE);
