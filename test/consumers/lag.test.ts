import { LagWatch } from '../../consumers/runner/lag';
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
      takeBack: async () => void written.push('taken back'),
    },
  });
  return { watch, written };
}

test('how far a group is behind is written down, and taken back when this process reads for it no longer', async () => {
  const { watch, written } = watchOver(async () => [
    { topic: 'a', lag: 3 },
    { topic: 'b', lag: 4 },
  ]);
  watch.look();
  await until(
    () => written.length,
    (lines) => lines > 0,
  );
  await watch.forget();
  expect(written).toEqual(['7 messages, 2 s', 'taken back']);
});

test('what is measured after that is not written down any more', async () => {
  let answer = (_: { topic: string; lag: number }[]): void => {};
  const measured = new Promise<{ topic: string; lag: number }[]>((resolve) => {
    answer = resolve;
  });
  const { watch, written } = watchOver(() => measured);
  watch.look();
  await watch.forget();
  answer([{ topic: 'a', lag: 3 }]);
  await new Promise(setImmediate);
  expect(written).toEqual(['taken back']);
});
