import { Circuit } from '../../consumers/runner/circuit';

let now = 0;
let circuit: Circuit;
beforeEach(() => {
  now = 1_000;
  circuit = new Circuit(() => now);
});

function fail(times: number): boolean[] {
  return Array.from({ length: times }, () => circuit.failed());
}

test('it opens with the tenth failure in a row', () => {
  expect(fail(9)).toEqual(Array(9).fill(false));
  expect(circuit.admit()).toEqual({ go: 'freely' });
  expect(fail(1)).toEqual([true]);
  expect(circuit.admit()).toEqual({ go: false, waitMs: 30_000 });
});

test('a success in between starts the count anew', () => {
  fail(9);
  circuit.succeeded();
  expect(fail(9)).toEqual(Array(9).fill(false));
  expect(circuit.isClosed).toBe(true);
});

test('after 30 s it lets one try, and only one', () => {
  fail(10);
  now += 29_999;
  expect(circuit.admit()).toEqual({ go: false, waitMs: 1 });
  now += 1;
  expect(circuit.admit()).toEqual({ go: 'trial' });
  expect(circuit.admit()).toMatchObject({ go: false });
});

test('it closes when the trial succeeds', () => {
  fail(10);
  now += 30_000;
  circuit.admit();
  circuit.succeeded();
  expect([circuit.admit(), circuit.isClosed, circuit.openForMs]).toEqual([{ go: 'freely' }, true, 0]);
  expect(fail(9)).toEqual(Array(9).fill(false));
});

test('it stays open for another 30 s when the trial fails, and tells since when', () => {
  fail(10);
  now += 30_000;
  circuit.admit();
  expect(fail(1)).toEqual([true]);
  expect(circuit.admit()).toEqual({ go: false, waitMs: 30_000 });
  expect(circuit.openForMs).toBe(30_000);
});

test('what was let through before it opened neither closes it nor keeps it open for longer', () => {
  fail(10);
  now += 1_000;
  circuit.succeeded();
  expect(circuit.isClosed).toBe(false);
  fail(3);
  expect(circuit.admit()).toEqual({ go: false, waitMs: 29_000 });
});
