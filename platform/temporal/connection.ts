import { Connection, type ConnectionOptions } from '@temporalio/client';
import type { Config } from '../config';

type TemporalSettings = Pick<Config, 'TEMPORAL_ADDRESS' | 'TEMPORAL_TLS' | 'TEMPORAL_API_KEY'>;

/** Where Temporal is and how it is spoken to; the same for client and native connections. */
export function temporalEndpoint(config: TemporalSettings) {
  return {
    address: config.TEMPORAL_ADDRESS,
    // An API key is never sent in the clear.
    tls: config.TEMPORAL_TLS || config.TEMPORAL_API_KEY !== undefined,
    ...(config.TEMPORAL_API_KEY !== undefined && { apiKey: config.TEMPORAL_API_KEY }),
  };
}

/**
 * A client connection that is made on first use, so that a process starts, and goes on reading, while Temporal is
 * away. Close it with `close()`.
 *
 * gRPC compression, which costs more than it saves here, is a setting of the worker's native connection only: this
 * one never compresses.
 *
 * @param interceptors gRPC interceptors; an empty list means no automatic retries. @default retries of the SDK
 */
export function connectTemporal(
  config: TemporalSettings,
  interceptors?: ConnectionOptions['interceptors'],
): Connection {
  return Connection.lazy({
    ...temporalEndpoint(config),
    ...(interceptors && { interceptors }),
    // gRPC would let up to two minutes pass between two attempts to connect, long after Temporal is back.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 250, 'grpc.max_reconnect_backoff_ms': 2_000 },
  });
}
