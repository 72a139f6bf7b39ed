import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { temporalEndpoint } from '../../platform/temporal/connection';
import { ensureSearchAttributes, searchAttributeFlags } from './search-attributes';
import { GivenServiceError, type ServiceDefinition } from './service-definition';
import { startTemporal, untilTemporalReady } from './temporal';

export const temporalService: ServiceDefinition = {
  name: 'temporal',
  title: 'Temporal',
  setting: 'TEMPORAL_ADDRESS',
  optional: false,
  address: ({ ports }) => `127.0.0.1:${ports.temporal}`,
  uiUrl: ({ ports, throwaway }) => (throwaway ? undefined : `http://127.0.0.1:${ports.temporalUi}`),
  logFile: ({ data }) => join(data, 'temporal.log'),
  checkGiven: async (address, env) => {
    const namespace = env.TEMPORAL_NAMESPACE || 'default';
    try {
      const connection = await Connection.connect({
        ...temporalEndpoint({
          TEMPORAL_ADDRESS: address,
          TEMPORAL_TLS: ['true', '1'].includes(env.TEMPORAL_TLS ?? ''),
          TEMPORAL_API_KEY: env.TEMPORAL_API_KEY || undefined,
        }),
        connectTimeout: 5_000,
      });
      try {
        await connection.workflowService.describeNamespace({ namespace });
        await ensureSearchAttributes(connection, namespace);
      } finally {
        await connection.close();
      }
    } catch (error) {
      const reason = (error as Error).message;
      const where = `${address}, namespace ${namespace}`;
      throw new GivenServiceError(`TEMPORAL_ADDRESS names ${where}, which cannot be used: ${reason}`, {
        cause: error,
      });
    }
  },
  ready: (address, signal) => untilTemporalReady(address, 'default', signal),
  start: ({ data, ports, throwaway }, context) =>
    startTemporal({
      port: ports.temporal,
      ...(throwaway ? {} : { uiPort: ports.temporalUi, file: join(data, 'temporal', 'temporal.db') }),
      logFile: join(data, 'temporal.log'),
      ...context,
    }),
  container: {
    recipe: ({ ports, throwaway }) => ({
      what: 'Temporal',
      image: 'temporalio/temporal:1.8.2',
      ports: [[ports.temporal, 7233], ...(throwaway ? [] : ([[ports.temporalUi, 8233]] as const))],
      dataPath: throwaway ? undefined : '/data',
      user: 'root', // a fresh volume belongs to root, and the image's own user may not write there
      command: [
        ...['server', 'start-dev', '--ip', '0.0.0.0', '--log-level', 'warn'],
        ...(throwaway ? [] : ['--db-filename', '/data/temporal.db']),
        ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
        ...searchAttributeFlags,
      ],
    }),
  },
};
