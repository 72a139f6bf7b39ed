import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { sayOnStderr } from '../scripts/stack/say';
import { removeThrowawayFolder, sweepAbandoned, throwawayFolder } from '../scripts/testing/throwaway-stack';
import { type Judgement, judge, judgeBesides, judgeListeners } from './aims';
import { type Besides, besidesLines, measureBesides } from './besides';
import { againstBuild, COMPARISONS, type Comparison } from './comparisons';
import type { Contender } from './contender';
import { groundOn } from './ground';
import { historyEvents } from './history';
import { closeConnections } from './http';
import { measureListeners } from './listeners/measure';
import { listenerLines } from './listeners/report';
import { type BenchOptions, readOptions, USAGE, UsageError } from './options';
import { asJson, breakdown, figuresTable, statementsTable } from './report';
import { runRounds, type Showing } from './rounds';
import { type BenchServices, startServices } from './services';
import { prepareWishes } from './stays';

const LIMIT_MS = 4 * 60_000;
/** What bringing everything down may take. */
const CLOSING_MS = 15_000;
/** What is measured of the product after the rounds may take. */
const BESIDES_MS = 45_000;

const print = (text: string) => process.stdout.write(`${text}\n`);

/** `npm run bench`. Missed aims are printed, not failed: a shared machine is no judge. */
export async function bench(args: readonly string[]): Promise<number> {
  let options: BenchOptions | 'help';
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    sayOnStderr(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    print(USAGE);
    return 0;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort(new Error(`Interrupted (${signal}).`)));
  }
  await overThrowawayServices(options, interrupted.signal);
  return 0;
}

async function overThrowawayServices(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + LIMIT_MS - CLOSING_MS - (isAimedAt(options) ? BESIDES_MS : 0);
  await sweepAbandoned();
  const folder = throwawayFolder(process.pid);
  await mkdir(folder, { recursive: true });
  try {
    const services = await startServices(folder, signal);
    const contenders: Contender[] = [];
    try {
      const ground = groundOn(services, folder, profiling(options.profile));
      if (options.listeners) {
        const wishes = await prepareWishes();
        const figures = await measureListeners({ ground, wishes, signal, say: sayOnStderr });
        const judgements = judgeListeners(figures);
        for (const line of listenerLines(figures)) print(line);
        printJudgements(judgements);
        await writeJson(options, { options, figures, aims: judgements });
        return;
      }
      for (const recipe of comparisonOf(options).contenders) {
        sayOnStderr(`Starting ${recipe.name} …`);
        contenders.push(await recipe.start(ground));
        signal.throwIfAborted();
      }
      const wishes = await prepareWishes();
      const context = { services, wishes, options, deadline, signal, say: sayOnStderr };
      const showings = await runRounds(contenders, context);
      const product = isAimedAt(options) ? contenders.at(-1) : undefined;
      const besides = product && (await measureBesides(product, ground, signal));
      await report(showings, services, options, besides);
    } finally {
      await Promise.all(contenders.map((contender) => contender.stop()));
      closeConnections();
      await services.stop();
    }
  } finally {
    await removeThrowawayFolder(folder);
  }
}

function comparisonOf({ compare, against }: BenchOptions): Comparison {
  const comparison = against === undefined ? COMPARISONS[compare] : againstBuild(resolve(against));
  if (!comparison) throw new Error(`There is no comparison "${compare}".`);
  return comparison;
}

function profiling(folder: string | undefined): string[] {
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`];
}

/** The aims are the product's, in comparison to the empty saga. */
function isAimedAt({ compare, against }: BenchOptions): boolean {
  return compare === 'product' && against === undefined;
}

async function report(
  showings: Showing[],
  services: BenchServices,
  options: BenchOptions,
  besides: Besides | undefined,
): Promise<void> {
  const [base] = showings;
  if (!base || base.singles.length === 0) throw new Error('No round was finished.');
  const events = await Promise.all(
    showings.map(({ contender, singles }) => {
      const ids = singles.flatMap(({ journeys }) => journeys.map(({ bookingId }) => bookingId));
      return historyEvents(services.temporalAddress, contender, ids);
    }),
  );
  print(`\n${figuresTable(showings, events)}`);
  print(
    `${base.singles.length} rounds of ${options.singles} one at a time and ${options.bookings} at ${options.concurrency} ` +
      `at once, ${cpus().length} cores. Ratios: median of the rounds (lowest–highest).\n`,
  );
  for (const showing of showings) for (const line of breakdown(showing)) print(line);
  for (const showing of options.statements ? showings : []) {
    if (showing.singles.some(({ statements }) => statements)) print(`\n${statementsTable(showing)}`);
  }
  for (const line of besides ? besidesLines(besides) : []) print(line);
  const product = isAimedAt(options) ? showings.at(-1) : undefined;
  const judgements = [
    ...(product ? judge(product, base, events.at(-1) ?? Number.NaN) : []),
    ...(besides ? judgeBesides(besides) : []),
  ];
  printJudgements(judgements);
  await writeJson(options, { options, contenders: asJson(showings, events), ...besides, aims: judgements });
}

function printJudgements(judgements: readonly Judgement[]): void {
  if (judgements.length > 0) print('');
  for (const { text, met } of judgements) print(`${met ? '✓' : '✗'} ${text}`);
}

async function writeJson({ json }: BenchOptions, document: unknown): Promise<void> {
  if (json === undefined) return;
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(document, undefined, 2)}\n`);
}
