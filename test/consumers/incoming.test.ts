import { incoming } from '../../platform/kafka/incoming';

test('a message is text to who handles it and bytes to who hands it on; a header without a value is an empty one', () => {
  const latin1 = Buffer.from('Zo\xeb', 'latin1');
  const message = {
    ...{ offset: '7', timestamp: '12', attributes: 0, key: null, value: latin1 },
    // Null is what the library reads, though its types say that it never does.
    headers: { none: null, twice: [Buffer.from('one'), Buffer.from('two')], once: Buffer.from('x') },
  } as unknown as Parameters<typeof incoming>[2];
  expect(incoming('things', 2, message)).toEqual({
    ...{ topic: 'things', partition: 2, offset: '7', timestamp: 12, key: undefined, value: 'Zo\ufffd' },
    headers: { none: '', twice: 'two', once: 'x' },
    raw: { key: null, value: latin1, headers: { ...message.headers, none: '' } },
  });
});
