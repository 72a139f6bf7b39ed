import { randomBytes } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { Pool } from 'pg';
import { createActivities } from '../activities';
import { PaymentSimulator } from '../activities/payment-simulator/simulator';
import type { BookingRequest, BookingSnapshot } from '../domain/booking';
import { type ItemId, mintBookingId, type OwnerId, type TravelerId } from '../domain/ids';
import type { Money } from '../domain/money';
import { DEFAULT_PAYMENT_POLICY, paymentPlan } from '../domain/payment-policy';
import { addDays, type CalendarDate } from '../domain/stay-dates';
import { openDatabase } from '../platform/database/client';
import { timeSkippingEnvironment } from '../scripts/testing/time-skipping-environment';
import type { bookingSaga } from '../workflows';
import { acceptUpdate, BOOKING_SAGA, openUpdate, workflowIdOf } from '../workflows/messages';
import type { ContenderDatabase, Ground } from './contender';
import { type HistorySize, sizeOf } from './history';

export const LONG_STAY = { daysAhead: 90, nights: 3 } as const;

const STAYS = 3;
const TASK_QUEUE = 'long-stay';
const ITEM = 'BENCH-LONG' as ItemId;
const OWNER = 'bench-owner' as OwnerId;
const TRAVELER = 'bench-traveler' as TravelerId;
const PRICE: Money = { amount: 90_000, currency: 'USD' };

/** What the booking's log must say in the end: where it says anything else, something else was measured. */
const COURSE = [
  'booking.opened',
  'booking.accepted',
  'payment.card-saved',
  'inventory.blocked',
  'booking.confirmed',
  'payment.authorized',
  'booking.checked-in',
  'payment.captured',
  'booking.checked-out',
  'payment.settled',
].join(', ');

/** A stay from its request to its settlement. */
export interface LongStay extends HistorySize {
  /** By the wall clock, while the server's skips the months. */
  readonly seconds: number;
}

/**
 * Runs stays that are booked three months ahead: the card is saved at acceptance and charged five days before check-in.
 * The product's saga and activities, over a database of their own, on a Temporal server whose clock skips.
 *
 * @param executable the server's program
 * @throws {Error} where a stay takes another course
 */
export async function measureLongStays(
  ground: Ground,
  workflowsPath: string,
  executable: string,
  signal: AbortSignal,
): Promise<LongStay[]> {
  const codePath = await ground.bundle(workflowsPath);
  const database = await ground.freshDatabase('long_stay');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const env = await timeSkippingEnvironment(executable);
  try {
    return await overWorker(env, database, codePath, async (books) => {
      await addItem(books);
      const stays: LongStay[] = [];
      while (stays.length < STAYS) {
        signal.throwIfAborted();
        stays.push(await live(env, books));
      }
      return stays;
    });
  } finally {
    await env.teardown();
  }
}

async function overWorker<Answer>(
  env: TestWorkflowEnvironment,
  { urlFor }: ContenderDatabase,
  codePath: string,
  run: (books: Pool) => Promise<Answer>,
): Promise<Answer> {
  const url = urlFor('bench_worker');
  const books = new Pool({ connectionString: url, max: 5 });
  const database = openDatabase({
    ...{ url, applicationName: 'bench long stay', poolSize: 5 },
    ...{ transactionTimeoutMs: 2_000, connectTimeoutMs: 1_500 },
  });
  try {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath },
      activities: createActivities({
        ...{ database, gateway: new PaymentSimulator(books), onCommit: () => undefined },
      }),
    });
    return await worker.runUntil(() => run(books));
  } finally {
    await database.$disconnect();
    await books.end();
  }
}

async function addItem(books: Pool): Promise<void> {
  await books.query(
    `INSERT INTO booking.items (id, system, kind, owner_id, name, nightly_amount, currency, capacity, max_guests,
       time_zone, check_in_time, check_out_time, decision_window_seconds, payment_deadline_seconds, grace_seconds)
     VALUES ($1, 'stays', 'property', $2, 'Luxury Beach Villa', 30000, 'USD', 1000, 8,
       'America/New_York', '15:00', '11:00', 86400, 86400, 900)`,
    [ITEM, OWNER],
  );
}

async function live(env: TestWorkflowEnvironment, books: Pool): Promise<LongStay> {
  const request = stayAhead(await env.currentTimeMs());
  const begun = performance.now();
  const saga = await env.client.workflow.start<typeof bookingSaga>(BOOKING_SAGA, {
    workflowId: workflowIdOf(request.bookingId),
    taskQueue: TASK_QUEUE,
    args: [request],
  });
  await saga.executeUpdate<BookingSnapshot, []>(openUpdate);
  await saga.executeUpdate(acceptUpdate, { args: [{ by: { role: 'OWNER', id: OWNER } }] });
  await saga.result();
  const seconds = (performance.now() - begun) / 1000;
  const { rows } = await books.query<{ type: string }>(
    'SELECT type FROM booking.booking_events WHERE booking_id = $1 ORDER BY sequence',
    [request.bookingId],
  );
  const course = rows.map(({ type }) => type).join(', ');
  if (course !== COURSE)
    throw new Error(`The stay of three months ahead took another course than it should: ${course}.`);
  const { events } = await saga.fetchHistory();
  return { seconds, ...sizeOf(events ?? []) };
}

function stayAhead(now: number): BookingRequest {
  const start = addDays(new Date(now).toISOString().slice(0, 10) as CalendarDate, LONG_STAY.daysAhead);
  const end = addDays(start, LONG_STAY.nights);
  return {
    bookingId: mintBookingId(now, randomBytes(10)),
    ...{
      system: 'stays',
      itemId: ITEM,
      itemName: 'Luxury Beach Villa',
      ownerId: OWNER,
      travelerId: TRAVELER,
    },
    ...{ stay: { start, end }, guests: 2, quantity: 1, price: PRICE, rate: { plan: 'STANDARD' } },
    paymentToken: 'tok_approved',
    terms: {
      ...{ instant: false, decisionWindowSeconds: 86_400, paymentDeadlineSeconds: 86_400, graceSeconds: 900 },
      checkInAt: `${start}T20:00:00.000Z`,
      checkOutAt: `${end}T16:00:00.000Z`,
      payment: paymentPlan(DEFAULT_PAYMENT_POLICY, PRICE, start, (day) => `${day}T05:00:00.000Z`),
    },
  };
}
