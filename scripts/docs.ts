import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../api/http/request-metrics';
import '../api/live/metrics';
import '../bridge/metrics';
import '../consumers/email-notification/metrics';
import '../consumers/runner/metrics';
import { TEST_TOKENS } from '../activities/payment-simulator/test-tokens';
import { STRIPE_DECLINES, STRIPE_REFUSALS_AS_DECLINES } from '../activities/stripe/declines';
import { STRIPE_ERRORS } from '../activities/stripe/errors';
import { STRIPE_EVENTS } from '../api/webhooks/stripe/read-event';
import { ALERT_THRESHOLDS } from '../domain/analytics/alerts';
import { BOOKING_STATES, type BookingState, isEnded, TRANSITIONS, UNOPENED } from '../domain/booking-state';
import { SYSTEMS } from '../domain/item';
import { ACCOUNTS } from '../domain/ledger';
import { DECLINE_CODES, type DeclineCode } from '../domain/payment';
import { PROBLEMS } from '../domain/problems';
import { statusWord } from '../domain/system-status';
import { describeSettings } from '../platform/config';
import { metrics } from '../platform/metrics';
import { projectRoot } from './stack/folders';

/*
 * `npm run docs`: writes the parts of the documentation that say what the code says anew. Such a part stands between
 * `<!-- generated: name -->` and `<!-- end -->`, and everything around it is written by hand. A test holds the pages
 * equal to what this would write.
 */
const DOCS = join(projectRoot, 'docs');

/** Everything that is generated, by the name in its marker. */
const PARTS = {
  'state-diagram': stateDiagram,
  transitions: transitionsTable,
  'status-words': statusWords,
  settings: settingsTable,
  'test-tokens': testTokens,
  'decline-codes': declineCodes,
  'stripe-errors': stripeErrors,
  'stripe-events': stripeEvents,
  problems: problemsTable,
  metrics: metricsTable,
  accounts: accountsTable,
  'alert-thresholds': alertThresholds,
} satisfies Record<string, () => string | Promise<string>>;

export const PART_NAMES = Object.keys(PARTS);

const MARKED = /<!-- generated: ([a-z-]+) -->\n.*?<!-- end -->/gs;

/**
 * The page with its generated parts made anew.
 * @throws {Error} for a marker that names nothing, or has no end
 */
export async function fill(page: string): Promise<string> {
  const marked = [...page.matchAll(MARKED)];
  if (marked.length !== page.split('<!-- generated').length - 1) {
    throw new Error('a generated part has no `<!-- end -->`, or its marker is misspelt');
  }
  let filled = page;
  for (const [old, name = ''] of marked) {
    const part = (PARTS as Record<string, (() => string | Promise<string>) | undefined>)[name];
    if (!part) throw new Error(`there is no generated part "${name}"; there are ${PART_NAMES.join(', ')}`);
    const made = `<!-- generated: ${name} -->\n${await part()}\n<!-- end -->`;
    filled = filled.replace(old, () => made);
  }
  return filled;
}

/** Every page of docs/ by its place, and its text as it is on disk. */
export function pages(): { readonly file: string; readonly text: string }[] {
  return readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({ file: join(DOCS, name), text: readFileSync(join(DOCS, name), 'utf8') }));
}

/** Every arrow of the state machine: from, fact, to. */
function arrows(): [from: string, fact: string, to: BookingState][] {
  return Object.entries(TRANSITIONS).flatMap(([from, facts]) =>
    Object.entries(facts).map(([fact, to]): [string, string, BookingState] => [from, fact, to]),
  );
}

function stateDiagram(): string {
  const lines = arrows()
    .filter(([from, , to]) => from !== to)
    .map(([from, fact, to]) => `  ${from === UNOPENED ? '[*]' : from} --> ${to}: ${fact}`);
  const ends = BOOKING_STATES.filter((state) => isEnded(state)).map((state) => `  ${state} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', ...lines, ...ends, '```'].join('\n');
}

function transitionsTable(): string {
  const rows = arrows().map(([from, fact, to]) => [
    from === UNOPENED ? '(not yet opened)' : `\`${from}\``,
    `\`${fact}\``,
    from === to ? 'stays as it is' : `\`${to}\``,
  ]);
  return table(['in state', 'fact', 'leads to'], rows);
}

function statusWords(): string {
  const rows = BOOKING_STATES.map((state) => [
    `\`${state}\``,
    ...SYSTEMS.map((system) => `\`${statusWord(system, state)}\``),
    isEnded(state) ? 'ended' : '',
  ]);
  return table(['state', ...SYSTEMS, ''], rows);
}

function settingsTable(): string {
  const rows = describeSettings().map(({ name, fallback, description }) => [
    `\`${name}\``,
    fallback === '' ? '' : `\`${fallback}\``,
    description,
  ]);
  return table(['setting', 'default', 'meaning'], rows);
}

function testTokens(): string {
  const rows = Object.entries(TEST_TOKENS).map(([token, { description }]) => [`\`${token}\``, description]);
  return table(['token', 'what the provider does'], rows);
}

function accountsTable(): string {
  const rows = Object.entries(ACCOUNTS).map(([account, meaning]) => [`\`${account}\``, meaning]);
  return table(['account', 'what its balance says'], rows);
}

function alertThresholds(): string {
  const rows = Object.entries(ALERT_THRESHOLDS).map(([kind, thresholds]) => [
    `\`${kind}\``,
    Object.entries(thresholds)
      .map(([name, value]) => `\`${name}\` ${value}`)
      .join(', '),
  ]);
  return table(['alert', 'thresholds'], rows);
}

function declineCodes(): string {
  const theirs = Object.entries<DeclineCode>({ ...STRIPE_DECLINES, ...STRIPE_REFUSALS_AS_DECLINES });
  const rows = Object.entries(DECLINE_CODES).map(([ours, meaning]) => [
    `\`${ours}\``,
    meaning,
    theirs
      .filter(([, code]) => code === ours)
      .map(([code]) => `\`${code}\``)
      .join(', '),
  ]);
  return table(['code', 'meaning', "Stripe's codes"], rows);
}

function stripeErrors(): string {
  const rows = Object.values(STRIPE_ERRORS).map(({ verdict, why }) => [why, VERDICTS[verdict]]);
  return table(['what Stripe answers', 'what it means'], rows);
}

const VERDICTS = {
  declined: 'declined, final',
  refused: 'refused, final',
  unknown: 'unknown: asked again',
  'nothing-done': 'nothing was done: tried again',
} as const;

function stripeEvents(): string {
  return table(
    ['event', 'what it tells'],
    Object.entries(STRIPE_EVENTS).map(([type, tells]) => [`\`${type}\``, tells]),
  );
}

function problemsTable(): string {
  const rows = Object.entries(PROBLEMS).map(([code, { status, title }]) => [
    `\`${code}\``,
    String(status),
    title,
  ]);
  return table(['code', 'status', 'title'], rows);
}

async function metricsTable(): Promise<string> {
  const all = await metrics.getMetricsAsJSON();
  const rows = all
    .filter(({ name }) => !/^(process|nodejs)_/.test(name))
    .map(({ name, type, help }) => [`\`${name}\``, String(type), help.replace(/\.?$/, '.')]);
  return table(['metric', 'kind', 'what it says'], rows.sort());
}

/** In columns, as `npm run format` would put it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = lines;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

async function main(): Promise<void> {
  for (const { file, text } of pages()) {
    const filled = await fill(text);
    if (filled === text) continue;
    writeFileSync(file, filled);
    process.stdout.write(`${file}\n`);
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  });
}
