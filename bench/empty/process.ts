import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { emptyActivities } from './activities';
import { startFront } from './front';
import { tellBench } from './messages';
import { type EmptyOrder, pollerOptions } from './settings';

const LOCAL_ACTIVITY_SLOTS = 10;

/** A process of the empty saga: its API, its worker, or both. */
async function main(order: EmptyOrder): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const { roles, address, connection } = order;
  const native =
    roles.includes('worker') || connection === 'native' ? await connectNatively(order) : undefined;
  const worker = native && roles.includes('worker') ? await createWorker(native, order) : undefined;
  const running = worker?.run();

  let port: number | undefined;
  if (roles.includes('api')) {
    const shared = connection === 'native' ? native : undefined;
    const client = new Client({ connection: shared ?? (await Connection.connect({ address })) });
    port = await startFront(client, order);
  }
  process.on('SIGTERM', () => {
    if (!worker) process.exit(0);
    worker.shutdown();
  });
  tellBench({ is: 'ready', ...(port !== undefined && { port }) });
  if (!running) return;
  await running;
  process.exit(0);
}

function connectNatively({ address, compression }: EmptyOrder): Promise<NativeConnection> {
  return NativeConnection.connect({ address, grpcCompression: { codec: compression } });
}

function createWorker(connection: NativeConnection, order: EmptyOrder): Promise<Worker> {
  const { taskQueue, bundle, pollers, cachedWorkflows } = order;
  return Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: bundle },
    activities: emptyActivities((bookingId) => tellBench({ is: 'confirmed', bookingId })),
    maxConcurrentLocalActivityExecutions: LOCAL_ACTIVITY_SLOTS,
    ...pollerOptions(pollers),
    ...(cachedWorkflows !== undefined && { maxCachedWorkflows: cachedWorkflows }),
  });
}

main(JSON.parse(process.argv[2] ?? '{}') as EmptyOrder).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
