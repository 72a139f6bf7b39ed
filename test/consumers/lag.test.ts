import { LagWatch } from '../../consumers/runner/lag';
import { lagMessages } from '../../consumers/runner/metrics';
import { createLogger } from '../../platform/logger';
import { until } from '../support/until';

const logger = createLogger('silent', 'test');

function watchOver(lagOf: () => Promise<{ topic: string; lag: number }[]>) {
  const written: string[] = [];
  const watch = new LagWatch({
    ...{ groupId: 'things', topics: ['a', 'b'], hands: { oldest: Date.now() - 2_000 }, logger },
    admin: { lagOf },
    report: {
      tell: async (messages, seconds) => void written.push(`${messages} messages, ${Math.floor(seconds)} s`),
      leave: async () => void written.push('left'),
    },
  });
  return { watch, written };
}

test('how far a group is behind is written down, and this process leaves when it reads for it no longer', async () => {
  const { watch, written } = watchOver(async () => [
    { topic: 'a', lag: 3 },
    { topic: 'b', lag: 4 },
  ]);
  watch.look('reading');
  await until(
    () => written.length,
    (lines) => lines > 0,
  );
  await watch.forget();
  expect(written).toEqual(['7 messages, 2 s', 'left']);
});

test('what is measured after that is not written down any more', async () => {
  let answer = (_: { topic: string; lag: number }[]): void => {};
  const measured = new Promise<{ topic: string; lag: number }[]>((resolve) => {
    answer = resolve;
  });
  const { watch, written } = watchOver(() => measured);
  watch.look('reading');
  await watch.forget();
  answer([{ topic: 'a', lag: 3 }]);
  await new Promise(setImmediate);
  expect(written).toEqual(['left']);
});

test('of a group that cannot join, the metrics go on, and its silence is not broken', async () => {
  let lag = 3;
  const { watch, written } = watchOver(async () => [{ topic: 'a', lag }]);
  const shown = async () => (await lagMessages.get()).values.map(({ value }) => value);
  watch.look('away');
  await until(shown, (values) => values[0] === 3);
  lag = 4;
  watch.look('away');
  expect(await shown()).toEqual([3]); // asked not more often than every 15 s
  await watch.forget();
  expect(written).toEqual(['left']);
});
