import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { HISTORIES } from '../support/histories';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const recorded = readdirSync(HISTORIES).flatMap((release) =>
  readdirSync(join(HISTORIES, release)).map((file) => join(release, file)),
);

let code: { codePath: string } | { code: string };
beforeAll(async () => {
  const given = process.env.WORKFLOW_BUNDLE;
  code = given
    ? { codePath: given }
    : await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows') });
});

const load = (file: string) => JSON.parse(readFileSync(join(HISTORIES, file), 'utf8'));
const replay = (history: unknown) => Worker.runReplayHistory({ workflowBundle: code }, history);

test('there are histories of every ending', () => {
  expect(recorded.length).toBeGreaterThan(20);
});

test.each(recorded)('%s replays', async (file) => {
  await replay(load(file));
});

test('a history that the code would not have made is noticed', async () => {
  const file = recorded.find((name) => name.includes('a-booking-runs-from-request-to-settlement'));
  if (!file) throw new Error('the history of a whole stay is missing');
  const history = load(file);
  const timer = history.events.find((event: { eventType: string }) => /TIMER_STARTED/.test(event.eventType));
  timer.eventType = 'EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES';
  timer.upsertWorkflowSearchAttributesEventAttributes = { searchAttributes: { indexedFields: {} } };
  delete timer.timerStartedEventAttributes;
  await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
});
