import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { topicName } from '../../domain/topics';
import { readConfig } from '../../platform/config';
import type { Say } from '../../scripts/stack/say';
import type { Contender, ContenderDatabase, Ground } from '../contender';
import type { CpuAccount } from '../cpu';
import { makeJourney } from '../journey';
import { productContender } from '../product/contender';
import type { Wishes } from '../stays';
import { CUTS, type Cut, type ListenerFigures, perSecond } from './figures';
import { multiplyIntoOutbox } from './multiply';
import { Place } from './place';

const BOOKINGS_PER_SECOND = 5;
const WARM_UP_SECONDS = 10;
const FLOW_SECONDS = 40;
const PAUSE_SECONDS = 60;
const FACTS = 24_000;

export interface ListenerBench {
  readonly ground: Ground;
  readonly wishes: Wishes;
  readonly signal: AbortSignal;
  readonly say: Say;
}

/**
 * The way from a fact's commit to the views of the groups, under a steady flow of instant bookings, after a pause of the
 * groups, and with a backlog.
 * @throws {Error} where a part does not come to its end
 */
export async function measureListeners({
  ground,
  wishes,
  signal,
  say,
}: ListenerBench): Promise<ListenerFigures> {
  let database: ContenderDatabase | undefined;
  const freshDatabase = async (name: string) => {
    database = await ground.freshDatabase(name);
    return database;
  };
  const product = await productContender('listeners').start({ ...ground, freshDatabase });
  if (!database) throw new Error('The product was started without a database.');
  const place = new Place(ground, database);
  try {
    await place.client.connect();
    const flow = await measureFlow(product, place, { ground, wishes, signal, say }).finally(product.stop);
    const relayPerSecond = await measureRelay(place, say);
    const consumerPerSecond = { batch: Number.NaN, single: Number.NaN };
    for (const cut of CUTS) consumerPerSecond[cut] = await measureReader(place, cut, say);
    return { ...flow, relayPerSecond, consumerPerSecond };
  } finally {
    await place.close();
  }
}

/** A steady flow with the groups at work, then a minute of it without them, and their coming back. */
async function measureFlow(product: Contender, place: Place, { wishes, signal, say }: ListenerBench) {
  await watchView(place.client);
  let groups = place.start('consumers');
  const total = WARM_UP_SECONDS + FLOW_SECONDS;
  say(`Measuring from commit to view: ${BOOKINGS_PER_SECOND} bookings a second for ${total} s …`);
  await flow(product, wishes, WARM_UP_SECONDS, signal);
  await place.untilCaughtUp(groups);
  const { rows } = await place.client.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
  const cpu = () => ({ ...product.cpu(), consumers: groups.cpu() });
  const [before, begun] = [cpu(), performance.now()];
  await flow(product, wishes, FLOW_SECONDS, signal);
  const cpuShares = shareOfCore(before, cpu(), performance.now() - begun);
  await product.settled();
  await place.untilCaughtUp(groups);
  const commitToViewMs = await seenAfter(place.client, rows[0]?.at ?? '');

  say(`Measuring a pause: the groups are away for ${PAUSE_SECONDS} s …`);
  await groups.stop();
  await flow(product, wishes, PAUSE_SECONDS, signal);
  await product.settled();
  const behind = await place.lag();
  const back = performance.now();
  groups = place.start('consumers');
  await place.untilCaughtUp(groups);
  const caughtUpSeconds = (performance.now() - back) / 1000;
  await groups.stop();
  return { commitToViewMs, bookingsPerSecond: BOOKINGS_PER_SECOND, cpuShares, behind, caughtUpSeconds };
}

function shareOfCore(before: CpuAccount, after: CpuAccount, ms: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, used]) => [name, (used - (before[name] ?? Number.NaN)) / ms]),
  );
}

async function flow(product: Contender, wishes: Wishes, seconds: number, signal: AbortSignal): Promise<void> {
  const journeys: Promise<unknown>[] = [];
  const begun = performance.now();
  for (let n = 0; n < seconds * BOOKINGS_PER_SECOND; n += 1) {
    const journey = makeJourney(product, wishes, 'instant');
    journey.catch(() => undefined); // thrown below
    journeys.push(journey);
    await sleep(Math.max(0, begun + ((n + 1) * 1000) / BOOKINGS_PER_SECOND - performance.now()), undefined, {
      signal,
    });
  }
  await Promise.all(journeys);
}

/** Has Postgres note when the traveler's view of status shows a fact: as its transaction commits. */
async function watchView(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE public.bench_seen (booking_id text, sequence integer, at timestamptz);
    CREATE FUNCTION public.bench_see() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO public.bench_seen
      SELECT NEW.booking_id, max(value::integer), clock_timestamp() FROM jsonb_each_text(NEW.seen);
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER bench_see AFTER INSERT OR UPDATE ON booking_status.bookings
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.bench_see()`);
}

async function seenAfter(client: Client, start: string): Promise<number[]> {
  const { rows } = await client.query<{ ms: number }>(
    `SELECT (extract(epoch FROM s.at - e.at) * 1000)::float8 AS ms
     FROM public.bench_seen s JOIN booking.booking_events e USING (booking_id, sequence) WHERE e.at > $1`,
    [start],
  );
  return rows.map(({ ms }) => ms);
}

async function measureRelay(place: Place, say: Say): Promise<number> {
  const rows = await multiplyIntoOutbox(place.client, FACTS);
  say(`Measuring the relay: ${rows} facts …`);
  const bridge = place.start('bridge');
  const samples = await place.sample('the outbox', bridge, () => place.count('booking.outbox'), 0);
  await bridge.stop();
  return perSecond(samples);
}

async function measureReader(place: Place, cut: Cut, say: Say): Promise<number> {
  // As if it had never read: nothing is a duplicate, and no message stale.
  await place.client.query('TRUNCATE consumers.inbox, booking_status.bookings');
  await place.client.query('DROP TRIGGER IF EXISTS bench_see ON booking_status.bookings');
  const topic = topicName('bookingUpdates', readConfig({}));
  const [there] = await place.kafka.admin.describeTopics([topic]);
  if (!there) throw new Error(`There is no topic ${topic}.`);
  say(`Measuring one consumer, ${cut}: ${there.messages} messages …`);
  const reader = place.start('consumers', 'bench/listeners/reader.js', [cut]);
  const samples = await place.sample(
    'the inbox',
    reader,
    () => place.count('consumers.inbox'),
    there.messages,
  );
  await reader.stop();
  return perSecond(samples);
}
