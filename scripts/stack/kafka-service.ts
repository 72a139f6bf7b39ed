import { join } from 'node:path';
import { startKafka } from './kafka';
import { brokerSettings } from './kafka-settings';
import { accepts, untilAccepts } from './ports';
import { GivenServiceError, type ServiceDefinition } from './service-definition';

const INSIDE = { controller: 9093, peers: 19092 } as const;

export const kafkaService: ServiceDefinition = {
  name: 'kafka',
  title: 'Kafka',
  setting: 'KAFKA_BROKERS',
  optional: true,
  address: ({ ports }) => `127.0.0.1:${ports.kafka}`,
  logFile: ({ data }) => join(data, 'kafka.log'),
  checkGiven: async (brokers) => {
    const places = brokers.split(',').map((broker) => hostAndPort(broker.trim()));
    const answers = await Promise.all(places.map(({ host, port }) => accepts(host, port, 5_000)));
    if (!answers.includes(true)) {
      throw new GivenServiceError(`KAFKA_BROKERS names ${brokers}, and none of these accepts connections.`);
    }
  },
  ready: async (address, signal) => {
    const { host, port } = hostAndPort(address);
    await untilAccepts(host, port, signal);
  },
  start: ({ data, ports }, context) =>
    startKafka({ port: ports.kafka, folder: join(data, 'kafka'), ...context }),
  container: {
    recipe: ({ ports, throwaway }) => ({
      what: 'Kafka',
      image: 'apache/kafka:4.1.0',
      ports: [[ports.kafka, ports.kafka]],
      environment: containerEnvironment(ports.kafka),
      dataPath: throwaway ? undefined : '/var/lib/kafka/data',
    }),
    startedLine: 'Kafka Server started',
  },
};

function hostAndPort(address: string): { host: string; port: number } {
  const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(address) ?? [];
  if (!host) throw new GivenServiceError(`"${address}" is no broker address; it should read host:port.`);
  return { host, port: Number(port) };
}

/** The image reads `a.b.c` from KAFKA_A_B_C. Inside it must listen on every address for the published port to work. */
function containerEnvironment(port: number): Record<string, string> {
  const lines = brokerSettings({ port, controllerPort: INSIDE.controller, logFolder: '/var/lib/kafka/data' })
    .replace(`listeners=PLAINTEXT://127.0.0.1:${port}`, `listeners=PLAINTEXT://0.0.0.0:${port}`)
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return Object.fromEntries(
    lines.map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, value]),
  );
}
