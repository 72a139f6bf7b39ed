import { LADDER_MS, pauseAfter, pauseForInfrastructure } from '../../consumers/runner/ladder';

test('the ladder waits 100, 200, 400, 800 and 1600 ms, 3.1 s in all, and then gives up', () => {
  expect([1, 2, 3, 4, 5, 6].map(pauseAfter)).toEqual([100, 200, 400, 800, 1_600, undefined]);
  expect(LADDER_MS.reduce((sum, pause) => sum + pause, 0)).toBe(3_100);
});

test('infrastructure is waited for on the top step, and never given up', () => {
  expect([1, 5, 6, 1_000].map(pauseForInfrastructure)).toEqual([100, 1_600, 1_600, 1_600]);
});
