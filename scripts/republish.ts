import type { Client } from 'pg';
import { sayer } from '../bridge/say';
import { UntellableFact } from '../bridge/told-fact';
import { TOPICS, type TopicSpec, type TopicWord, topicName } from '../domain/topics';
import { type Config, readConfig } from '../platform/config';
import { readWords, runKafkaCommand, UsageError } from './kafka-command';
import { formatFor, type Line, listing } from './listing';
import { openSession } from './open-session';
import { progress } from './progress';
import { planRepublication, type Republication, type Untellable } from './republish/plan';
import { tellAgain, untilOutboxIsShort } from './republish/tell-again';

const USAGE = `Usage: npm run -s republish -- --topic TOPIC --from TIME [--to TIME] [--booking ID] [--force] [--apply] [--json]
Tells facts of the event log again on one topic, as the messages that they were, under the same ce_id and ce_time; for
listeners that missed some. Goes through the outbox and the bridge, and of each booking always on to its newest message,
so that the last one on the topic is the newest still. Prints how many for each booking (or item). One with a fact that
cannot be told is named and left out; the exit code is 1 then.

A dry run unless --apply is given.

  --topic TOPIC  where to; no other topic hears of it
  --from TIME    2026-11-20T08:00:00Z, or so long ago: 30m, 12h, 7d
  --to TIME      leaves alone what has nothing to tell until then
  --booking ID   of this booking alone; --from may be left out
  --force        also where listeners cannot tell a repeat from news: they take it as new and act on it once more
  --json         a line of JSON for each

Groups of the product know what they handled in the last 30 days, and pass over it. Reads DATABASE_URL, TOPIC_DIALECTS
and the topics' names.`;

interface Wanted extends Republication {
  readonly force: boolean;
  readonly apply: boolean;
  readonly json: boolean;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time as it is typed: ISO 8601, or how long ago.
 * @throws {UsageError} naming the option
 */
export function readTime(option: string, text: string, now: number): Date {
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const ago = UNITS[unit];
  const time = count !== undefined && ago !== undefined ? now - Number(count) * ago : Date.parse(text);
  if (Number.isNaN(time)) {
    throw new UsageError(`${option} is a time such as 2026-11-20T08:00:00Z or 12h, not "${text}".`);
  }
  return new Date(time);
}

/** Reads a call. @throws {UsageError} */
export function readWanted(args: string[], config: Config, now: number = Date.now()): Wanted | 'help' {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  const { values, positionals } = readWords(args, {
    ...{ topic: text, from: text, to: text, booking: text },
    ...{ force: flag, apply: flag, json: flag, help: { ...flag, short: 'h' } },
  });
  if (values.help) return 'help';
  if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}"? Everything has an option.`);
  const { topic, from, to, booking: bookingId, force, apply, json } = values;
  if (from === undefined && bookingId === undefined) throw new UsageError('Since when? --from is missing.');
  const wanted = {
    from: from === undefined ? new Date(0) : readTime('--from', from, now),
    to: to === undefined ? undefined : readTime('--to', to, now),
  };
  if (wanted.to && wanted.to < wanted.from) throw new UsageError('--to is before --from.');
  const spec = specOf(topic, config);
  if (spec.publishedBy !== undefined) {
    throw new UsageError(
      `${topic} is written by ${spec.publishedBy}, and not from the event log: what it published stands in booking.publications.`,
    );
  }
  if (spec.repeatsKnownBy === 'headers' && !force) {
    throw new UsageError(
      `The old listeners of ${topic} do not read the headers, and nothing else tells them that a message is a repeat: ` +
        'they would act on it once more. --force sends it all the same.',
    );
  }
  return { ...wanted, topic: topic ?? '', bookingId, force, apply, json };
}

function specOf(topic: string | undefined, config: Config): TopicSpec {
  const words = Object.keys(TOPICS) as TopicWord[];
  const word = words.find((known) => topicName(known, config) === topic);
  if (word) return TOPICS[word];
  const wrong = topic === undefined ? 'Which topic? --topic is missing.' : `No topic of ours is "${topic}".`;
  throw new UsageError(`${wrong} There are ${words.map((one) => topicName(one, config)).join(', ')}.`);
}

async function main(): Promise<number> {
  const config = readConfig();
  const wanted = readWanted(process.argv.slice(2), config);
  if (wanted === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const database = await openSession(config.DATABASE_URL, 'booking-saga republish');
  try {
    return await republish(wanted, database, sayer(config));
  } finally {
    await database.end();
  }
}

/** @returns the exit code */
async function republish(wanted: Wanted, database: Client, say: ReturnType<typeof sayer>): Promise<number> {
  const { topic, bookingId, apply, json } = wanted;
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  if (bookingId !== undefined) await requireBooking(database, bookingId);
  const { subjects, untellable } = await planRepublication(database, wanted, say);
  const leftOut: Untellable[] = [...untellable];
  const done = progress('messages put into the outbox', tell);
  const waits = progress('rows in the outbox: waiting for the bridge', tell);
  const lines: Line[] = [];
  let messages = 0;
  for (const subject of subjects) {
    if (apply) await untilOutboxIsShort(database, waits);
    // By now there may be more than were planned: it goes on to the newest.
    const count = apply
      ? await tellAgain(database, subject, topic, say).catch(asUntellable)
      : subject.messages;
    if (count instanceof UntellableFact) {
      leftOut.push({ ...subject, error: count.message });
      continue;
    }
    messages += count;
    lines.push({ topic, ...subject, messages: count });
    if (apply) done(messages);
  }
  process.stdout.write(listing(lines, formatFor(json)));
  const ended = apply ? 'were put into the outbox' : 'would be told again (dry run: --apply does it)';
  for (const { kind, id, error } of leftOut) tell(`left out: ${kind} ${id} cannot be told: ${error}`);
  tell(`${messages} messages of ${lines.length} bookings or items on ${topic} ${ended}.`);
  return leftOut.length > 0 ? 1 : 0;
}

function asUntellable(error: unknown): UntellableFact {
  if (error instanceof UntellableFact) return error;
  throw error;
}

async function requireBooking(database: Client, id: string): Promise<void> {
  const { rows } = await database.query('SELECT 1 FROM booking.bookings WHERE id = $1', [id]);
  if (rows.length === 0) throw new UsageError(`--booking: there is no booking ${id}.`);
}

if (require.main === module) runKafkaCommand(main, USAGE);
