import type { Client } from 'pg';
import { sqlOn } from '../../bridge/event-log';
import { type Remade, type RemakeSettings, remake } from '../../consumers/rebuild/remake';
import type { View } from '../../consumers/rebuild/view-rows';
import type { Envelopes } from '../../consumers/runner/envelope';
import type { Group } from '../../consumers/runner/group';
import { GroupBusy } from '../../consumers/runner/hold';
import type { Config } from '../../platform/config';
import type { IncomingMessage, Kafka } from '../../platform/kafka/port';
import { readRanges } from '../../platform/kafka/read-ranges';
import { CannotBeDone } from '../kafka-command';
import { tellEventLog } from './log-messages';

/** Where the events come from. */
export const SOURCES = ['log', 'topic'] as const;
export type Source = (typeof SOURCES)[number];

export interface RebuildSettings {
  readonly group: Group;
  readonly view: View;
  readonly groupId: string;
  readonly envelopes: Envelopes;
  readonly source: Source;
  /** See {@link RemakeSettings}. */
  readonly withUnread: boolean;
  readonly now: Date;
  readonly config: Config;
  readonly kafka: Kafka;
  /** Opens a session without time limits: this may take as long as all events take. */
  readonly connect: () => Promise<Client>;
  /** Whether to keep what came of it. */
  readonly keep: (remade: Remade) => boolean;
  readonly onProgress?: (handled: number) => void;
}

type TellAll = RemakeSettings['tellAll'];

export interface Rebuilt extends Remade {
  /** False: everything is as it was before. */
  readonly kept: boolean;
}

/**
 * Makes a group's view anew and keeps it or not.
 * @throws {CannotBeDone} where the topics do not hold all of it any more
 * @throws {KafkaAway}, and what Postgres says; nothing has changed then
 */
export async function rebuild(settings: RebuildSettings): Promise<Rebuilt> {
  const database = await settings.connect();
  try {
    await database.query('BEGIN');
    const tell: TellAll = (take, passOver) => tellAll(settings, take, passOver);
    const remade = await remake(sqlOn(database), { ...settings, tellAll: tell }).catch((error: unknown) => {
      if (!(error instanceof GroupBusy)) throw error;
      throw new CannotBeDone(`${error.message}. Nothing was changed.`);
    });
    const kept = settings.keep(remade);
    await database.query(kept ? 'COMMIT' : 'ROLLBACK');
    return { ...remade, kept };
  } finally {
    // Ends the transaction as well, where it is still open.
    await database.end();
  }
}

async function tellAll(
  { source, config, kafka, envelopes, connect }: RebuildSettings,
  ...[take, passOver]: Parameters<TellAll>
): Promise<void> {
  if (source === 'topic') return tellTopics(kafka, envelopes.topics, take);
  // Another session: the view's own is in the middle of its transaction.
  const database = await connect();
  try {
    await tellEventLog(database, config, envelopes.topics, take, passOver);
  } finally {
    await database.end();
  }
}

async function tellTopics(
  kafka: Kafka,
  topics: readonly string[],
  take: (message: IncomingMessage) => Promise<void>,
): Promise<void> {
  const there = await kafka.admin.topicNames();
  const ranges = await kafka.admin.rangesOf(topics.filter((topic) => there.includes(topic)));
  const cut = ranges.filter(({ from }) => from > 0n);
  if (cut.length > 0) {
    const places = cut.map(({ topic, partition, from }) => `${topic}/${partition} begins at ${from}`);
    throw new CannotBeDone(
      `The first messages are gone already (${places.join(', ')}), and the view would lack what they told. ` +
        'The event log has everything: leave --from topic out.',
    );
  }
  // One at a time, since all of it is one transaction; partitions come in any order, as they always may.
  await readRanges(kafka, ranges, take);
}
