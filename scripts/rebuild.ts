import type { View } from '../consumers/rebuild/view-rows';
import { Envelopes } from '../consumers/runner/envelope';
import type { Group } from '../consumers/runner/group';
import { TOPICS } from '../domain/topics';
import { type Config, readConfig } from '../platform/config';
import { openKafka } from '../platform/kafka/open-kafka';
import { createLogger } from '../platform/logger';
import { groupArgument } from './group-argument';
import { CannotBeDone, readWords, runKafkaCommand, UsageError } from './kafka-command';
import { formatFor, listing } from './listing';
import { openSession } from './open-session';
import { progress } from './progress';
import { type Rebuilt, rebuild, SOURCES, type Source } from './rebuild/rebuild';

const USAGE = `Usage: npm run -s rebuild -- GROUP [--from log|topic] [--with-unread] [--apply] [--skip-failing] [--json]
Makes a group's view anew: empties its tables and handles again what the group had handled and what is older than the
topics, in one transaction. Prints each table with its rows before and after, and how many of them were gone and added.

A dry run unless --apply is given: the same work, compared and rolled back; exit code 1 where the view that is there
differs from what it should be. The group's members wait meanwhile, either way; readers of the view go on.

  --from log       from the event log, which has everything (the default)
  --from topic     from what the topics hold; refused where their first messages are gone already
  --with-unread    also what the group's members have not had yet, which then has no effect but on the view: where it will
                   never come to them, as after topics were lost
  --apply          keep it
  --skip-failing   keep it also where events could not be handled
  --json           a line of JSON for each table

Reads DATABASE_URL, KAFKA_BROKERS, CONSUMER_GROUP_PREFIX and TOPIC_DIALECTS as the product does. Ctrl-C changes nothing.`;

const SHOWN_FAILURES = 10;

interface Wanted {
  readonly group: Group;
  readonly view: View;
  readonly source: Source;
  readonly withUnread: boolean;
  readonly apply: boolean;
  readonly skipFailing: boolean;
  readonly json: boolean;
}

function readWanted(args: string[], config: Config): Wanted | 'help' {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = readWords(args, {
    from: { type: 'string', default: 'log' },
    ...{ apply: flag, 'skip-failing': flag, 'with-unread': flag },
    json: flag,
    help: { ...flag, short: 'h' },
  });
  if (values.help) return 'help';
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('Which group? One at a time.');
  const group = groupArgument(name, config.CONSUMER_GROUP_PREFIX);
  const source = SOURCES.find((known) => known === values.from);
  if (!source) throw new UsageError(`--from is ${SOURCES.join(' or ')}, not "${values.from}".`);
  if ('never' in group.rebuild)
    throw new CannotBeDone(`${group.name} is never made anew: ${group.rebuild.never}.`);
  const foreign = Object.keys(group.topics).filter((word) => !(word in TOPICS));
  if (source === 'log' && foreign.length > 0) {
    throw new CannotBeDone(
      `${group.name} also reads ${foreign.join(', ')}, not in the event log: --from topic.`,
    );
  }
  const { apply, 'skip-failing': skipFailing, 'with-unread': withUnread, json } = values;
  return { group, view: group.rebuild, source, withUnread, apply, skipFailing, json };
}

async function main(): Promise<number> {
  const config = readConfig();
  const wanted = readWanted(process.argv.slice(2), config);
  if (wanted === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const { group, view, source, withUnread, apply, skipFailing, json } = wanted;
  const logger = createLogger('silent', 'rebuild');
  const kafka = openKafka({ brokers: config.KAFKA_BROKERS, clientId: 'booking-saga-rebuild', logger });
  const rebuilt = await rebuild({
    group,
    view,
    groupId: config.CONSUMER_GROUP_PREFIX + group.name,
    envelopes: new Envelopes(group.topics, config),
    ...{ source, withUnread, now: new Date() },
    config,
    kafka,
    connect: () => openSession(config.DATABASE_URL, 'booking-saga rebuild'),
    keep: ({ passedOver }) => apply && (skipFailing || passedOver.length === 0),
    onProgress: progress('events handled'),
  });
  process.stdout.write(
    listing(
      rebuilt.tables.map((table) => ({ ...table })),
      formatFor(json),
    ),
  );
  return sayHowItEnded(rebuilt, apply);
}

function sayHowItEnded({ handled, left, passedOver, tables, kept }: Rebuilt, apply: boolean): number {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  for (const { what, error } of passedOver.slice(0, SHOWN_FAILURES)) say(`not handled: ${what}: ${error}`);
  if (passedOver.length > SHOWN_FAILURES) say(`and ${passedOver.length - SHOWN_FAILURES} more`);
  const equal = tables.every(({ gone, added }) => gone + added === 0);
  const found = equal ? 'the view is as it was' : 'the view is another one';
  const unread = left > 0 ? `, ${left} left to its members, which have yet to read them` : '';
  const failed = passedOver.length > 0 ? `, ${passedOver.length} could not be` : '';
  const done = `${handled} events handled${unread}${failed}`;
  if (kept) say(`${done}; ${found}. Kept.`);
  else if (apply) say(`${done}: nothing was changed. --skip-failing keeps it all the same.`);
  else say(`${done}; ${found}. Dry run: nothing was changed, --apply keeps it.`);
  return kept || (!apply && equal && passedOver.length === 0) ? 0 : 1;
}

if (require.main === module) runKafkaCommand(main, USAGE);
