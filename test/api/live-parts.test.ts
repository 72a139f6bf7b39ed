import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { LiveStreams } from '../../api/live/live-streams';
import { cursorText, parseCursor } from '../../api/live/owner-cursor';
import { NO_NUDGES } from '../../api/live/topic-nudges';
import { blockText, Wire } from '../../api/live/wire';
import type { Database } from '../../platform/database/client';
import { createLogger } from '../../platform/logger';
import { NoPermit, Permits } from '../../platform/permits';
import { until } from '../support/until';

test('a block is as browsers read it, whatever the data holds', () => {
  const block = { id: '7', event: 'booking', data: { reason: 'one\nid: 8\n\ndata: x' } };
  expect(blockText(block)).toBe('id: 7\nevent: booking\ndata: {"reason":"one\\nid: 8\\n\\ndata: x"}\n\n');
  expect(blockText({ comment: 'open', retry: 1000 })).toBe(': open\nretry: 1000\n\n');
});

test('who does not read is waited for, and hung up on when it takes too long', async () => {
  const reader = new PassThrough({ highWaterMark: 1 });
  const writing = new Wire(reader, 60_000).write({ comment: 'much' });
  let isWritten = false;
  void writing.then(() => {
    isWritten = true;
  });
  await new Promise(setImmediate);
  expect(isWritten).toBe(false);
  reader.resume();
  await writing;
  expect(reader.destroyed).toBe(false);

  const asleep = new PassThrough({ highWaterMark: 1 });
  const wire = new Wire(asleep, 1);
  await wire.write({ comment: 'much' });
  expect(asleep.destroyed).toBe(true);
  await wire.write({ comment: 'more' }); // to nobody
  expect(wire.isOpen).toBe(false);
});

test('ending does not wait for who does not read', async () => {
  const asleep = new PassThrough({ highWaterMark: 1 });
  const wire = new Wire(asleep, 60_000);
  const writing = wire.write({ comment: 'much' });
  wire.end('going away');
  await writing;
  expect(asleep.destroyed).toBe(true);
});

test.each([
  ['5:9:', { seen: '5:9:' }],
  ['5:9:6,8', { seen: '5:9:6,8' }],
  [
    '5:9:6,8~7:12:8~9.BKG1.41',
    { seen: '5:9:6,8', within: { upTo: '7:12:8', last: { place: '9', bookingId: 'BKG1', sequence: 41 } } },
  ],
])('the id %s of an owner’s stream is what it was made of', (text, cursor) => {
  expect(parseCursor(text)).toEqual(cursor);
  expect(cursorText(cursor)).toBe(text);
});

test.each([
  '',
  '5',
  '0:9:',
  '9:5:',
  '5:9:4',
  '5:9:9',
  '5:9:8,6',
  '5:9:~7:12:',
  '5:9:~7:12:~9',
  '5:9:~7:12:~9.BKG1.-1',
  "5:9:~7:12:~9.' OR 1.1",
  '5:9:~7:12:~9.BKG1.1~1',
])('"%s" is no id of an owner’s stream', (text) => {
  expect(parseCursor(text)).toBeUndefined();
});

test('however many streams look at the log at once, three read it, and the others wait in order', async () => {
  const streams = new LiveStreams({
    config: { LIVE_STREAMS: 9, LIVE_STREAMS_PER_CALLER: 9, LIVE_HEARTBEAT_MS: 15_000 },
    database: {} as unknown as Database,
    nudges: NO_NUDGES,
    logger: createLogger('silent', 'test'),
  });
  const gone = new AbortController();
  const caller = { id: 'ann', role: 'traveler', expiresAt: new Date(Date.now() + 60_000) } as const;
  const reading: (() => void)[] = [];
  let begun = 0;
  const log = {
    async read() {
      begun += 1;
      await new Promise<void>((resolve) => reading.push(resolve));
      return { entries: [], whole: true };
    },
  };
  for (let n = 0; n < 5; n += 1) {
    const { stream } = streams.answer({ kind: 'booking', of: 'BKG1', log }, caller, gone.signal);
    await stream?.(new PassThrough() as unknown as ServerResponse);
  }
  await new Promise(setImmediate);
  expect(begun).toBe(3);
  reading.shift()?.();
  await until(
    () => begun,
    (now) => now === 4,
  );
  for (let ended = 0; ended < 4; ended += 1) {
    await until(
      () => reading.length,
      (now) => now > 0,
    );
    reading.shift()?.();
  }
  gone.abort();
  await streams.stop();
});

test('who waits for a permit may lose patience, and leaves the queue', async () => {
  const permits = new Permits(1);
  let finish: () => void = () => undefined;
  const first = permits.using(() => new Promise<void>((resolve) => (finish = resolve)));
  await expect(permits.using(async () => 'never', 1)).rejects.toThrow(NoPermit);
  const third = permits.using(async () => 'third', 60_000);
  finish();
  await first;
  expect(await third).toBe('third');
  expect(await permits.using(async () => 'fourth', 0)).toBe('fourth');
});
