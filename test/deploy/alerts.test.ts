import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../../api/http/request-metrics';
import '../../api/live/metrics';
import '../../bridge/metrics';
import '../../consumers/email-notification/metrics';
import '../../consumers/runner/metrics';
import { metrics } from '../../platform/metrics';
import { cacheFolder, projectRoot } from '../../scripts/stack/folders';
import { runTool } from '../../scripts/stack/run-tool';
import { sayOnStderr } from '../../scripts/stack/say';
import { promtool } from '../../scripts/testing/promtool';

const FOLDER = join(projectRoot, 'deploy', 'prometheus');
const RULES = readFileSync(join(FOLDER, 'booking-saga.rules.yml'), 'utf8');
const TESTS = readFileSync(join(FOLDER, 'booking-saga.rules.test.yml'), 'utf8');

const named = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].map(([, name = '']) => name);
const alerts = named(/alert: (\w+)/g, RULES);

let program: string;
beforeAll(async () => {
  program = await promtool({ cache: cacheFolder(), say: sayOnStderr });
}, 300_000);

test('Prometheus takes the rules', async () => {
  const said = await runTool(program, [
    'check',
    'rules',
    '--lint-fatal',
    join(FOLDER, 'booking-saga.rules.yml'),
  ]);
  expect(said).toContain(`SUCCESS: ${alerts.length} rules found`);
});

test('the rules alert when they should, and only then', async () => {
  await runTool(program, ['test', 'rules', 'booking-saga.rules.test.yml'], { cwd: FOLDER });
});

/** Which alerts fail their tests when the rules are these instead. The test that runs for hours says nothing of limits. */
async function failing(rules: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    writeFileSync(join(folder, 'booking-saga.rules.yml'), rules);
    writeFileSync(join(folder, 'tests.yml'), TESTS.replace(/^.*eval_time: 3h.*$/m, ''));
    const said = await new Promise<string>((resolve) => {
      execFile(program, ['test', 'rules', 'tests.yml'], { cwd: folder }, (_, out, err) => resolve(out + err));
    });
    return [...new Set(named(/alertname: (\w+), time/g, said))].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const LIMIT = /(>|<|==) ([\d.]+)$/gm;
const rulesWith = (pattern: RegExp) =>
  RULES.split('- alert: ')
    .filter((rule) => new RegExp(pattern.source, 'm').test(rule))
    .flatMap((rule) => named(/^(\w+)$/gm, rule).slice(0, 1))
    .sort();

test('no limit could be half as high', async () => {
  const rules = RULES.replace(LIMIT, (_all, sign, limit) => `${sign} ${Number(limit) / 2 || -1}`);
  expect(await failing(rules)).toEqual(rulesWith(LIMIT));
});

const LASTS = /^ +for: (\d+)m$/gm;

test('what has to last could not alert at once', async () => {
  expect(await failing(RULES.replace(LASTS, ''))).toEqual(rulesWith(LASTS));
});

test('every alert is seen to fire', () => {
  const fired = TESTS.split('- eval_time:')
    .slice(1)
    .map((part) => named(/alertname: (\w+)/g, part)[0]);
  expect([...new Set(fired)].sort()).toEqual([...alerts].sort());
});

test('the rules speak of metrics and labels that the product has', async () => {
  const known = new Map((await metrics.getMetricsAsJSON()).map(({ name, type }) => [name, type]));
  const used = named(/\b((?:booking|http|live)_[a-z_]+)\b/g, RULES.replace(/runbook: .*/g, ''));
  const unknown = used.filter((name) => !known.has(name.replace(/_(bucket|count|sum)$/, '')));
  expect(used.length).toBeGreaterThan(10);
  expect(unknown).toEqual([]);
});

test('every runbook is a heading of a page', () => {
  const dead = named(/runbook: (\S+)/g, RULES).filter((link) => {
    const [page = '', anchor = ''] = link.split('#');
    const headings = named(/^#+ (.*)$/gm, readFileSync(join(projectRoot, page), 'utf8'));
    return !headings.some((heading) => heading.toLowerCase().replaceAll(' ', '-') === anchor);
  });
  expect(dead).toEqual([]);
});
