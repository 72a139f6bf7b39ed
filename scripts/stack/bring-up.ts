import { join } from 'node:path';
import { kafkaService } from './kafka-service';
import { withLock } from './lock';
import { postgresService } from './postgres-service';
import { signalProcess } from './process-identity';
import { endRecorded, isSameOwner, type Owner, readRecord, type ServiceName } from './records';
import { type Resolved, resolveService } from './resolve-service';
import { type Say, sayOnStderr } from './say';
import type { ServiceDefinition } from './service-definition';
import { type StackSettings, stackSettings } from './settings';
import { temporalService } from './temporal-service';

const SERVICES: readonly ServiceDefinition[] = [postgresService, kafkaService, temporalService];

export interface BringUpOptions {
  readonly owner: Owner;
  /** False: use what is there, and start nothing. @default true */
  readonly mayStart?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** @default as the environment says */
  readonly settings?: StackSettings;
  readonly say?: Say;
  readonly signal?: AbortSignal;
}

/** The settings that lead the product to the services; KAFKA_BROKERS is empty where there is no Kafka. */
export interface StackEnvironment {
  readonly DATABASE_URL: string;
  readonly KAFKA_BROKERS: string;
  readonly TEMPORAL_ADDRESS: string;
  readonly TEMPORAL_UI_URL?: string;
}

/** The three services, found or started. */
export interface Stack {
  readonly settings: StackSettings;
  readonly services: Readonly<Record<ServiceName, Resolved>>;
  readonly environment: StackEnvironment;
  /** Ends those that this owner brought up or took over, and only these. */
  stop(): Promise<void>;
}

/**
 * Brings up what is missing of Postgres, Kafka and Temporal, side by side.
 * @throws {Error} when one cannot be had; what was started until then is ended again.
 */
export async function bringUp(options: BringUpOptions): Promise<Stack> {
  const { owner, mayStart = true, env = process.env, say = sayOnStderr } = options;
  const settings = options.settings ?? stackSettings(env);
  let ending = false;
  const stop = () => {
    ending = true;
    return endOwned(settings, owner);
  };
  const onEnded = (how: string) => {
    if (!ending) say(how);
  };
  return withLock(
    join(settings.data, 'services.lock'),
    async () => {
      // One that fails ends the attempts of the others, which may be minutes from done.
      const failed = new AbortController();
      const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
      const attempts = await Promise.allSettled(
        SERVICES.map((service) =>
          resolveService(service, { settings, env, owner, mayStart, say, onEnded, signal }).catch(
            (error: unknown) => {
              failed.abort(error);
              throw error;
            },
          ),
        ),
      );
      const resolved = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
      const [postgres, kafka, temporal] = resolved;
      if (postgres && kafka && temporal) {
        const services = { postgres, kafka, temporal };
        return { settings, services, environment: environmentFor(services, env), stop };
      }
      await stop();
      throw options.signal?.aborted ? options.signal.reason : failed.signal.reason;
    },
    (holder) => say(`Process ${holder.pid} is bringing up the services; waiting for it.`),
    options.signal,
  );
}

function environmentFor(
  { postgres, kafka, temporal }: Record<ServiceName, Resolved>,
  env: NodeJS.ProcessEnv,
): StackEnvironment {
  const address = (service: Resolved) => (service.origin === 'none' ? '' : service.address);
  const uiUrl = env.TEMPORAL_UI_URL ?? ('record' in temporal ? temporal.record.uiUrl : undefined);
  return {
    DATABASE_URL: address(postgres),
    KAFKA_BROKERS: address(kafka),
    TEMPORAL_ADDRESS: address(temporal),
    ...(uiUrl ? { TEMPORAL_UI_URL: uiUrl } : {}),
  };
}

/** Ends at once, as a crash would, what this owner brought up; containers go on, and are found again. */
export function killOwned(data: string, owner: Owner): void {
  for (const { name } of SERVICES) {
    const record = readRecord(data, name);
    if (!record || !isSameOwner(record.owner, owner) || record.instance.kind !== 'process') continue;
    signalProcess(record.instance.identity, 'SIGKILL');
  }
}

/** What belongs to whom is read anew: `npm run stack` may have taken a service over meanwhile. */
async function endOwned({ data }: StackSettings, owner: Owner): Promise<void> {
  await Promise.all(
    SERVICES.map(async ({ name }) => {
      const record = readRecord(data, name);
      if (record && isSameOwner(record.owner, owner)) await endRecorded(data, record);
    }),
  );
}
