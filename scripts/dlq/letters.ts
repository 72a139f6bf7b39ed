import { inOrder, type Letter, letterOf } from '../../consumers/dead-letters/letter';
import { readSettled, type Settlement } from '../../consumers/dead-letters/settled';
import { DEAD_LETTER_SUFFIX } from '../../domain/topics';
import type { Transactions } from '../../platform/database/transactions';
import type { Kafka } from '../../platform/kafka/port';
import { readRanges } from '../../platform/kafka/read-ranges';
import { UsageError } from '../kafka-command';

/** Which letters are meant; what is left out does not narrow. */
export interface LetterFilter {
  /** With or without `.dlq`. */
  readonly topic?: string | undefined;
  /** With the prefix. */
  readonly groupId?: string | undefined;
  readonly reason?: string | undefined;
  /** Empty: all. */
  readonly ids: readonly string[];
}

/** A letter with what was done about it. */
export interface KnownLetter {
  readonly letter: Letter;
  readonly settlement: Settlement | undefined;
}

export interface LetterBox {
  readonly kafka: Kafka;
  readonly transactions: Transactions;
  /** Letters of groups with another prefix belong to another copy of the product. */
  readonly prefix: string;
}

/**
 * Reads all that the topics for dead letters hold, in the order in which it is to be replayed.
 * @throws {UsageError} for a topic or a letter that is not there, naming those that are
 */
export async function lettersIn(
  { kafka, transactions, prefix }: LetterBox,
  filter: LetterFilter,
): Promise<KnownLetter[]> {
  const topics = chosen(await kafka.admin.topicNames(), filter);
  const letters: Letter[] = [];
  await readRanges(kafka, await kafka.admin.rangesOf(topics), (record) => letters.push(letterOf(record)));
  const wanted = inOrder(letters).filter((letter) => isMeant(letter, filter, prefix));
  const missing = filter.ids.filter((id) => !wanted.some((letter) => letter.id === id));
  if (missing.length > 0)
    throw new UsageError(`No such letter: ${missing.join(', ')}. \`list --all\` shows them.`);
  const settledAs = await readSettled(transactions, topics);
  return wanted.map((letter) => ({ letter, settlement: settledAs(letter) }));
}

function chosen(names: readonly string[], { topic, ids }: LetterFilter): string[] {
  const there = names.filter((name) => name.endsWith(DEAD_LETTER_SUFFIX));
  if (topic !== undefined) {
    const name = topic.endsWith(DEAD_LETTER_SUFFIX) ? topic : topic + DEAD_LETTER_SUFFIX;
    if (there.includes(name)) return [name];
    throw new UsageError(`No such topic: ${name}. There are ${there.join(', ') || 'none yet'}.`);
  }
  // A letter's topic stands in its id.
  const named = new Set(ids.map((id) => id.split('/')[0]));
  return ids.length > 0 ? there.filter((name) => named.has(name)) : there;
}

function isMeant(letter: Letter, { groupId, reason, ids }: LetterFilter, prefix: string): boolean {
  return (
    letter.groupId.startsWith(prefix) &&
    (groupId === undefined || letter.groupId === groupId) &&
    (reason === undefined || letter.reason === reason) &&
    (ids.length === 0 || ids.includes(letter.id))
  );
}
