import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Config, readConfig } from '../platform/config';
import { closingTable, type Ending } from './demo/closing-table';
import { messagesOf, watchBookings } from './demo/kafka-ear';
import { moneyHeld } from './demo/provider-books';
import { STORIES } from './demo/stories';
import type { Cast, Story } from './demo/story';
import { UnexpectedAnswer, Visitor } from './demo/visitor';

const USAGE = `Usage: npm run demo
Plays ${STORIES.length} stories against the running product (start it with \`npm start\`) and shows how each one ended.`;

/** No story takes longer; one that does is shown as failed. */
const STORY_LIMIT_MS = 120_000;

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(`${USAGE}\n`);
  const config = readConfig();
  await requireRunning(config);
  const ear = await watchBookings(config);
  try {
    say(ear ? 'Listening on Kafka.' : 'Kafka is away: messages are not counted.');
    const firstDay = randomInt(40, 400);
    const endings = await Promise.all(
      STORIES.map((story, index) => play(story, config, firstDay + index * 4)),
    );
    const made = endings.flat();
    await ear?.until((seen) =>
      made.every(({ booking }) => !booking || messagesOf(seen, booking.id).length > 0),
    );
    process.stdout.write(`\n${closingTable(made, ear?.seen, config)}\n`);
    process.exitCode = made.some(({ failure }) => failure) ? 1 : 0;
  } finally {
    await ear?.stop();
  }
}

async function play(story: Story, config: Config, daysAhead: number): Promise<Ending[]> {
  const deadline = Date.now() + STORY_LIMIT_MS;
  try {
    const bookings = await story.play(castOf(story, config, daysAhead, deadline));
    return await Promise.all(
      bookings.map(async (made) => ({
        story: story.name,
        booking: await admin(config).booking(made.id),
        held: await moneyHeld(config, made.id),
      })),
    );
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    say(`${story.name}: ${failure}`);
    return [{ story: story.name, failure }];
  }
}

function castOf(story: Story, config: Config, daysAhead: number, deadline: number): Cast {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const shown = new Map<string, number>();
  return {
    traveler: new Visitor(config, { role: 'traveler', sub: 'traveler-1' }),
    rival: new Visitor(config, { role: 'traveler', sub: 'traveler-2' }),
    owner: new Visitor(config, { role: 'owner', sub: 'owner-1' }),
    hotelier: new Visitor(config, { role: 'owner', sub: 'owner-3' }),
    admin: admin(config),
    nights: { startDate: day(daysAhead), endDate: day(daysAhead + 2) },
    async until(booking, isThere) {
      for (;;) {
        for (const entry of await admin(config).timeline(booking.id)) {
          if (entry.sequence <= (shown.get(booking.id) ?? 0)) continue;
          shown.set(booking.id, entry.sequence);
          const step = entry.details.step ? ` ${entry.details.step}` : '';
          say(`${story.name}: ${booking.id} ${entry.type}${step} → ${entry.state}${why(entry.reason)}`);
        }
        const now = await admin(config).booking(booking.id);
        if (isThere(now)) return;
        if (Date.now() > deadline)
          throw new Error(`still ${now.state} (undo: ${now.undo}) after two minutes`);
        await pause(250);
      }
    },
  };
}

const admin = (config: Config) => new Visitor(config, { role: 'admin', sub: 'admin-1' });
const why = (reason: string | null) => (reason ? ` (${reason})` : '');

async function requireRunning(config: Config): Promise<void> {
  const address = `http://127.0.0.1:${config.PORT}/livez`;
  const answer = await fetch(address).catch(() => undefined);
  if (!answer?.ok)
    throw new UnexpectedAnswer(`Nothing answers at ${address}. Start the product first: npm start`);
}

function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof UnexpectedAnswer ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
