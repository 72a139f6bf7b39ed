import { dataFolder } from './folders';
import { freePort } from './ports';

/** Where the services of one stack listen and keep their data. */
export interface StackSettings {
  readonly data: string;
  readonly ports: {
    readonly postgres: number;
    readonly kafka: number;
    readonly temporal: number;
    readonly temporalUi: number;
  };
  /** For one test run: safe from nothing, forgotten at the end, without Web UI. */
  readonly throwaway: boolean;
}

/** Reads the ports from the environment. @throws {Error} naming the setting that is no port. */
export function stackSettings(env: NodeJS.ProcessEnv = process.env): StackSettings {
  const port = (name: string, fallback: number): number => {
    const value = env[name] ? Number(env[name]) : fallback;
    if (Number.isInteger(value) && value >= 1 && value <= 65535) return value;
    throw new Error(`${name} is "${env[name]}"; it must be a port, 1 to 65535.`);
  };
  return {
    data: dataFolder(env),
    ports: {
      postgres: port('POSTGRES_PORT', 54329),
      kafka: port('KAFKA_PORT', 9092),
      temporal: port('TEMPORAL_PORT', 7233),
      temporalUi: port('TEMPORAL_UI_PORT', 8233),
    },
    throwaway: false,
  };
}

/** Settings for services that live as long as one test run, on ports nobody uses. */
export async function throwawaySettings(data: string): Promise<StackSettings> {
  const [postgres, kafka, temporal] = await Promise.all([freePort(), freePort(), freePort()]);
  return { data, ports: { postgres, kafka, temporal, temporalUi: 0 }, throwaway: true };
}
