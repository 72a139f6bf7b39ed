import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { Pool } from 'pg';
import { createActivities } from '../../activities';
import { afterEnd } from '../../activities/after-end';
import type { PaymentGateway } from '../../activities/payment-gateway';
import { PaymentSimulator } from '../../activities/payment-simulator/simulator';
import type { BookingRequest, BookingSnapshot } from '../../domain/booking';
import type { FactType } from '../../domain/booking-state';
import type { BookingId } from '../../domain/ids';
import { type Database, openDatabase } from '../../platform/database/client';
import { sagaIsOver } from '../../scripts/saga-is-over';
import { timeSkippingEnvironment } from '../../scripts/testing/time-skipping-environment';
import type { bookingSaga } from '../../workflows';
import { BOOKING_SAGA, openUpdate, workflowIdOf } from '../../workflows/messages';
import { freshDatabase, provided, type TestDatabase } from './database';
import { keepHistory } from './histories';

Runtime.install({ logger: new DefaultLogger('ERROR') });

export interface SagaWorld {
  readonly env: TestWorkflowEnvironment;
  readonly client: Client;
  readonly database: TestDatabase;
  readonly prisma: Database;
  readonly simulator: PaymentGateway;
  /** Facts as they are committed, by any booking. */
  readonly committed: FactType[];
  now(): Promise<number>;
  open(request: BookingRequest): Promise<SagaHandle>;
  /** Fact types of the booking's log, in order; undo facts with their step. */
  log(id: BookingId): Promise<string[]>;
  booking(id: BookingId): Promise<BookingRow>;
  /** Status of each authorization the provider knows of for this booking, oldest first. */
  atProvider(id: BookingId): Promise<string[]>;
  /** Nights the item's calendar counts as blocked. */
  blockedNights(itemId: string): Promise<number>;
  /** Ends the worker and starts one that runs other workflow code. */
  runOn(code: WorkflowCode): Promise<void>;
  close(): Promise<void>;
}

/** As a worker takes it: a bundle of its own. @default the code under test */
export type WorkflowCode = Pick<WorkerOptions, 'workflowBundle'>;

export type SagaHandle = WorkflowHandleWithFirstExecutionRunId<typeof bookingSaga>;

export interface BookingRow {
  readonly state: string;
  readonly undo: string;
  readonly reason_code: string | null;
  readonly reason: string | null;
  readonly payment_status: string;
  readonly sequence: number;
}

const TASK_QUEUE = 'sagas';

/**
 * For a worker that another one is to follow: the test server goes on handing tasks to the pollers and to the sticky
 * queue of one that is gone.
 */
const EASILY_REPLACED = {
  maxCachedWorkflows: 0,
  maxConcurrentWorkflowTaskPolls: 1,
  maxConcurrentActivityTaskPolls: 1,
} as const;

/**
 * The saga with its real activities over a real Postgres, on a Temporal server whose time skips.
 *
 * @param through the address by which the activities reach their database; the payment provider has its own way
 * @param first what the first worker runs, where another is to follow it (see `runOn`)
 */
export async function sagaWorld(
  wrap: (gateway: PaymentGateway) => PaymentGateway = (real) => real,
  through: (url: string) => string = (url) => url,
  first?: WorkflowCode,
): Promise<SagaWorld> {
  const database = await freshDatabase();
  const env = await timeSkippingEnvironment(provided('TEMPORAL_TEST_SERVER'));

  const prisma = openDatabase({
    url: through(database.url),
    applicationName: 'saga test',
    poolSize: 5,
    transactionTimeoutMs: 2_000,
    connectTimeoutMs: 1_500,
  });
  const books = new Pool({ connectionString: database.url, max: 5 });
  const simulator = wrap(new PaymentSimulator(books));
  const committed: FactType[] = [];
  const deps = { database: prisma, gateway: simulator, onCommit: (fact: FactType) => committed.push(fact) };
  const activities = {
    ...createActivities(deps),
    ...afterEnd({ ...deps, isSagaOver: sagaIsOver(env.client) }),
  };
  const startWorker = async (options: Partial<WorkerOptions>) => {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      ...options,
      activities,
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  };
  let endWorker = await startWorker(first ? { ...first, ...EASILY_REPLACED } : await codeUnderTest());
  const opened: { handle: SagaHandle; name: string }[] = [];

  return {
    env,
    client: env.client,
    database,
    prisma,
    simulator,
    committed,
    now: () => env.currentTimeMs(),
    async open(request) {
      const handle = await env.client.workflow.start<typeof bookingSaga>(BOOKING_SAGA, {
        workflowId: workflowIdOf(request.bookingId),
        taskQueue: TASK_QUEUE,
        args: [request],
      });
      await handle.executeUpdate<BookingSnapshot, []>(openUpdate);
      opened.push({ handle, name: expect.getState().currentTestName ?? request.bookingId });
      return handle;
    },
    async log(id) {
      const rows = await database.query<{ line: string }>(
        `SELECT type || COALESCE(' ' || (details->>'step'), '') AS line
         FROM booking.booking_events WHERE booking_id = $1 ORDER BY sequence`,
        [id],
      );
      return rows.map((row) => row.line);
    },
    async booking(id) {
      const [row] = await database.query<BookingRow>('SELECT * FROM booking.bookings WHERE id = $1', [id]);
      if (!row) throw new Error(`no booking ${id}`);
      return row;
    },
    async atProvider(id) {
      const rows = await database.query<{ status: string }>(
        'SELECT status FROM payment_simulator.authorizations WHERE booking_id = $1 ORDER BY created_at',
        [id],
      );
      return rows.map((row) => row.status);
    },
    async blockedNights(itemId) {
      const rows = await database.query<{ blocked: number }>(
        'SELECT COALESCE(sum(blocked), 0)::int AS blocked FROM booking.availability_calendar WHERE item_id = $1',
        [itemId],
      );
      return rows[0]?.blocked ?? 0;
    },
    async runOn(code) {
      await endWorker();
      endWorker = await startWorker(code);
    },
    async close() {
      for (const { handle, name } of opened) await keepHistory(handle, name);
      await endWorker();
      await env.teardown();
      await books.end();
      await prisma.$disconnect();
      await database.close();
    },
  };
}

/** The bundle that `npm test` made once for all test files. */
export async function codeUnderTest(): Promise<WorkflowCode> {
  const given = process.env.WORKFLOW_BUNDLE;
  if (given) return { workflowBundle: { codePath: given } };
  return { workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows') }) };
}
