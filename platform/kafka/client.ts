import { Kafka as KafkaJs, logLevel, type RetryOptions } from 'kafkajs';
import type { Logger } from '../logger';
import type { FencedSockets } from './fenced-sockets';
import { logBridge } from './log-bridge';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** Shown in the broker's log and metrics. */
  readonly clientId: string;
  readonly logger: Logger;
}

export interface Patience {
  readonly connectMs: number;
  readonly requestMs: number;
  readonly retry: RetryOptions;
}

/** The library's client, with its log in ours. */
export function libraryClient(options: KafkaOptions, patience: Patience, sockets?: FencedSockets): KafkaJs {
  return new KafkaJs({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: patience.connectMs,
    requestTimeout: patience.requestMs,
    retry: patience.retry,
    logLevel: logLevel.WARN,
    logCreator: logBridge(options.logger),
    socketFactory: sockets?.factory,
  });
}
