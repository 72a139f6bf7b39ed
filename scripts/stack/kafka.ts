import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from './folders';
import { findJava, type JarSet, obtainJars } from './java';
import { BROKER_LOGGING, brokerSettings } from './kafka-settings';
import { freePort, requireFreePort, untilAccepts } from './ports';
import { runTool } from './run-tool';
import { sayOnStderr } from './say';
import { type RunningService, type StartContext, startService } from './service';

const KAFKA: JarSet = {
  name: 'kafka-4.4.0',
  // Without a logging binding the broker would end without a word when something is wrong.
  roots: ['org.apache.kafka:kafka_2.13:4.4.0', 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.5'],
  without: ['org.apache.kafka:kafka-tools-api'],
};

export interface KafkaOptions extends StartContext {
  readonly port: number;
  /** Where topics lie; kept between starts. */
  readonly folder: string;
  /** @default a free port, another one at each start */
  readonly controllerPort?: number;
  /** @default `<folder>.log` */
  readonly logFile?: string;
}

export interface RunningKafka extends RunningService {
  readonly folder: string;
}

/**
 * Starts one Kafka broker (KRaft) over this data folder, formatting the folder the first time.
 * @throws {UnobtainableError} when there is no Java, or Maven cannot fetch the broker.
 */
export async function startKafka(options: KafkaOptions): Promise<RunningKafka> {
  const { port, folder, say = sayOnStderr, signal } = options;
  const logFile = options.logFile ?? `${folder}.log`;
  await requireFreePort(port, 'Kafka', 'KAFKA_PORT');
  const java = await findJava();
  const jars = join(await obtainJars(KAFKA, { cache: cacheFolder(), say, signal }), '*');

  const settings = join(folder, 'server.properties');
  const logFolder = join(folder, 'topics');
  const controllerPort = options.controllerPort ?? (await freePort());
  await mkdir(folder, { recursive: true });
  await writeFile(settings, brokerSettings({ port, controllerPort, logFolder }));
  await writeFile(join(folder, 'log4j2.properties'), BROKER_LOGGING);
  if (!existsSync(logFolder)) await format(java, jars, folder, { port, controllerPort });

  const service = await startService(
    {
      what: 'Kafka',
      command: java,
      args: [
        ...['-Xmx512m', `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`],
        ...['-cp', jars, 'kafka.Kafka', settings],
      ],
      address: `127.0.0.1:${port}`,
      cwd: folder,
      env: process.env,
      logFile,
      stopSignal: 'SIGTERM',
      graceMs: 30_000,
    },
    async (probe) => {
      await untilAccepts('127.0.0.1', port, probe);
      while (!readFileSync(logFile, 'utf8').includes('Kafka Server started')) {
        await sleep(50, undefined, { signal: probe });
      }
    },
    options,
  );
  return { ...service, folder };
}

/** Formats beside the final place and moves it there, so that an interrupted run leaves nothing half-made. */
async function format(
  java: string,
  jars: string,
  folder: string,
  ports: { port: number; controllerPort: number },
): Promise<void> {
  const unfinished = join(folder, 'topics.unfinished');
  const settings = join(folder, 'format.properties');
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(settings, brokerSettings({ ...ports, logFolder: unfinished }));
  const clusterId = randomBytes(16).toString('base64url');
  // In one word with its flag: one id in 64 begins with a dash, and would be taken for a flag itself.
  const flags = [`--cluster-id=${clusterId}`, '--config', settings];
  await runTool(java, ['-cp', jars, 'kafka.tools.StorageTool', 'format', ...flags]);
  await rename(unfinished, join(folder, 'topics'));
  await rm(settings);
}
