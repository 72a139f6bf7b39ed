import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { MigrationError } from '../../platform/database/apply-migration';
import { migrate } from '../../platform/database/migrate';
import { freshDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';

let database: TestDatabase;
let folder: string;
/** Somebody with a transaction of their own. */
let other: Client;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  other = new Client({ connectionString: database.url });
  await other.connect();
  await database.query('CREATE TABLE public.large (id integer, word text)');
  await database.query("INSERT INTO public.large VALUES (1, 'a'), (2, 'a')");
});
afterAll(async () => {
  await other.end();
  await rm(folder, { recursive: true });
  await database.close();
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

/** What the migration under way waits for. */
const waitingFor = () =>
  database.query<{ wait_event: string }>(
    `SELECT wait_event FROM pg_stat_activity WHERE application_name = 'booking-saga-migrate'
       AND datname = current_database() AND wait_event_type = 'Lock'`,
  );

test('an index that could not be built is begun anew, and the migrations wait for each other without an end', async () => {
  await addMigration(
    '9001_index',
    '-- not in a transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS large_word ON public.large (word);\n',
  );
  await expect(migrate(database.url, folder)).rejects.toThrow(MigrationError);
  expect(await indexes()).toEqual([{ name: 'large_word', valid: false }]);
  await database.query("UPDATE public.large SET word = 'b' WHERE id = 2");

  await other.query('BEGIN');
  await other.query('UPDATE public.large SET word = word');
  const first = migrate(database.url, folder);
  await until(waitingFor, (waiting) => waiting.length === 1);
  // Nobody is kept from writing.
  await database.query("INSERT INTO public.large VALUES (3, 'c')");
  const second = migrate(database.url, folder);
  await until(
    () =>
      database.query(
        "SELECT FROM pg_stat_activity WHERE application_name = 'booking-saga-migrate' AND datname = current_database()",
      ),
    (processes) => processes.length === 2,
  );
  await other.query('COMMIT');
  expect((await Promise.all([first, second])).flat()).toEqual(['9001_index']);
  expect(await indexes()).toEqual([{ name: 'large_word', valid: true }]);
});

test('a migration that waits for its lock lets others pass, and comes again until it has it', async () => {
  await addMigration('9002_column', 'ALTER TABLE public.large ADD COLUMN more text;');
  await other.query('BEGIN');
  await other.query('SELECT FROM public.large');
  const migrated = migrate(database.url, folder);
  await until(waitingFor, (waiting) => waiting.length === 1);
  // Queues behind it, and would wait for as long as the other transaction is open.
  expect(await database.query('SELECT count(*)::integer AS rows FROM public.large')).toEqual([{ rows: 3 }]);
  await other.query('COMMIT');
  expect(await migrated).toEqual(['9002_column']);
});

const indexes = () =>
  database.query<{ name: string; valid: boolean }>(
    `SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = 'public.large'::regclass`,
  );
