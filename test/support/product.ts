import { randomBytes } from 'node:crypto';
import type { BookingView } from '../../api/bookings/schemas';
import type { BookingState } from '../../domain/booking-state';
import { addDays, type CalendarDate } from '../../domain/stay-dates';
import { type Config, readConfig } from '../../platform/config';
import { createLogger } from '../../platform/logger';
import type { RunningRole } from '../../platform/role';
import { startRoles } from '../../scripts/serve';
import { freePort } from '../../scripts/stack/ports';
import { freshDatabase, provided, type TestDatabase } from './database';
import { bookingIn, RestCaller, type TimelineEntry, type Who } from './rest';
import { type RoleProcess, spawnRole } from './role-process';
import { until } from './until';

export type Role = 'api' | 'worker' | 'bridge' | 'consumers';
type Environment = Readonly<Record<string, string>>;

/**
 * The whole product on the real parts of this test run, with a database, a task queue and topics of its own. Nothing
 * of it runs until it is started: a role in this process, or one as a process of its own.
 */
export class Product {
  private readonly running = new Set<RunningRole>();
  private readonly processes: RoleProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    /** As a process would have it. */
    private readonly environment: Environment,
  ) {}

  static async create(changes: Environment = {}): Promise<Product> {
    const database = await freshDatabase();
    const own = randomBytes(4).toString('hex');
    return new Product(database, {
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: provided('KAFKA_BROKERS'),
      TEMPORAL_ADDRESS: provided('TEMPORAL_ADDRESS'),
      TEMPORAL_TASK_QUEUE: `bookings-${own}`,
      KAFKA_REQUEST_TOPIC: `booking-requests-${own}`,
      KAFKA_RESPONSE_TOPIC: `booking-updates-${own}`,
      KAFKA_PARTITIONS: '3',
      CONSUMER_GROUP_PREFIX: `${own}-`,
      // Tests ask again and again until something has come about.
      RATE_LIMIT_PER_MINUTE: '100000',
      PORT: String(await freePort()),
      ...changes,
    });
  }

  get config(): Config {
    return readConfig(this.environment);
  }

  /** Starts a role in this process. */
  async start(role: Role, changes: Environment = {}): Promise<RunningRole> {
    const config = readConfig({ ...this.environment, ...changes, ROLE: role });
    const [running] = await startRoles(config, createLogger(config.LOG_LEVEL, role));
    if (!running) throw new Error(`${role} did not start`);
    this.running.add(running);
    return running;
  }

  /** Drains a role of this process. */
  async stop(role: RunningRole): Promise<void> {
    this.running.delete(role);
    await role.stop();
  }

  /** Starts a role as a process of its own. */
  async spawn(role: Role, changes: Environment = {}): Promise<RoleProcess> {
    const started = await spawnRole({ ...this.environment, ...changes, ROLE: role });
    this.processes.push(started);
    return started;
  }

  /** Whoever calls the API, at the product's own port unless another copy's is given. */
  as(who: Who, port: number = this.config.PORT): RestCaller {
    return new RestCaller(`http://127.0.0.1:${port}`, who, this.config);
  }

  /** Waits until the booking is in this state, by what the API shows of it. */
  reached(bookingId: string, state: BookingState): Promise<BookingView> {
    return this.shown(bookingId, (booking) => booking.state === state);
  }

  /** Waits until everything the booking did is undone. */
  undone(bookingId: string): Promise<BookingView> {
    return this.shown(bookingId, ({ undo }) => undo === 'done');
  }

  async timeline(bookingId: string): Promise<readonly TimelineEntry[]> {
    const answer = await this.as('admin:root').get(`/api/bookings/${bookingId}/timeline`);
    return answer.body.timeline ?? [];
  }

  private async shown(bookingId: string, wanted: (booking: BookingView) => boolean): Promise<BookingView> {
    const look = () => this.as('admin:root').get(`/api/bookings/${bookingId}`);
    return bookingIn(await until(look, ({ body }) => body.booking !== undefined && wanted(body.booking)));
  }

  /** What the payment provider knows of this booking, oldest first. */
  authorizations(bookingId: string): Promise<{ status: string; calls: number }[]> {
    return this.database.query(
      `SELECT status, calls FROM payment_simulator.authorizations WHERE booking_id = $1 ORDER BY created_at`,
      [bookingId],
    );
  }

  /** Ends whatever of it still runs, and removes its database. */
  async close(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.kill()));
    for (const role of this.running) await role.stop();
    await this.database.close();
  }
}

/** A calendar date so many days from now. */
export function day(ahead: number): CalendarDate {
  return addDays(new Date().toISOString().slice(0, 10) as CalendarDate, ahead);
}
