import { dataFolder } from './folders';

/** Where the services of one stack listen and keep their data. */
export interface StackSettings {
  readonly data: string;
  readonly ports: {
    readonly postgres: number;
    readonly kafka: number;
    readonly temporal: number;
    readonly temporalUi: number;
  };
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
  };
}
