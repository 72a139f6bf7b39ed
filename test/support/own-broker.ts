import { join } from 'node:path';
import { startKafka } from '../../scripts/stack/kafka';
import { freePort } from '../../scripts/stack/ports';
import { identify } from '../../scripts/stack/process-identity';
import { endRecorded, readRecord, writeRecord } from '../../scripts/stack/records';
import { removeThrowawayFolder, throwawayFolder } from '../../scripts/testing/throwaway-stack';

/** A Kafka broker of one test file's own, which it may take away and bring back with what it holds. */
export interface OwnBroker {
  readonly address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it and removes what it wrote. */
  remove(): Promise<void>;
}

/** Recorded as the test run's own services are, so that the next run ends it should this one be killed. */
export async function ownBroker(): Promise<OwnBroker> {
  const owner = identify(process.pid);
  if (!owner) throw new Error('This system does not tell when a process started.');
  const folder = throwawayFolder(process.pid);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const logFile = join(folder, 'kafka.log');
  const stop = async () => {
    const record = readRecord(folder, 'kafka');
    if (record) await endRecorded(folder, record);
  };
  return {
    address,
    async start() {
      await startKafka({
        port,
        folder: join(folder, 'kafka'),
        logFile,
        say: () => undefined,
        onSpawn: (instance) =>
          writeRecord(folder, {
            name: 'kafka',
            owner,
            instance: { kind: 'process', ...instance },
            address,
            logFile,
          }),
      });
    },
    stop,
    async remove() {
      await stop();
      await removeThrowawayFolder(folder);
    },
  };
}
