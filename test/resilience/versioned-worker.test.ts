import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../scripts/stack/folders';
import { addItem } from '../support/bookings';
import { day, Product } from '../support/product';

let product: Product;
beforeAll(async () => {
  product = await Product.create();
  await addItem(product.database, 'PROP-001');
  await product.start('api');
});
afterAll(() => product.close());

const deploy = (changes: Record<string, string>) =>
  promisify(execFile)(process.execPath, [join(projectRoot, 'dist', 'scripts', 'deploy.js')], {
    env: { ...process.env, ...changes },
  });

test('a versioned worker gets nothing until its version is made current, then also what waited', async () => {
  const { TEMPORAL_TASK_QUEUE } = product.config;
  const version = { WORKER_BUILD_ID: 'build-1', WORKER_DEPLOYMENT: `deployment-${TEMPORAL_TASK_QUEUE}` };
  await product.spawn('worker', version);
  const stay = { propertyId: 'PROP-001', startDate: day(30), endDate: day(33) };
  const unanswered = await product.as('traveler:traveler-1').post('/api/bookings', stay);
  expect(unanswered).toMatchObject({ status: 503, body: { code: 'outcome-unknown' } });

  const { stdout } = await deploy(version);
  expect(stdout).toContain('build-1 is current');
  const { bookingId } = unanswered.body as unknown as { bookingId: string };
  await product.reached(bookingId, 'PENDING');
}, 120_000);

test('without a build id, deploy says what to set', async () => {
  await expect(deploy({ WORKER_BUILD_ID: '' })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('WORKER_BUILD_ID'),
  });
});
