import { PassThrough } from 'node:stream';
import { cursorText, parseCursor } from '../../api/live/owner-cursor';
import { blockText, Wire } from '../../api/live/wire';

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
  ['5:9:', { seen: '5:9:', sent: 0 }],
  ['5:9:6,8', { seen: '5:9:6,8', sent: 0 }],
  ['5:9:6,8~7:12:8~41', { seen: '5:9:6,8', upTo: '7:12:8', sent: 41 }],
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
  '5:9:~7:12:~-1',
  '5:9:~7:12:~1~1',
])('"%s" is no id of an owner’s stream', (text) => {
  expect(parseCursor(text)).toBeUndefined();
});
