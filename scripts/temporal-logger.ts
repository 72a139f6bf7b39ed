import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from '../platform/logger';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

let installed = false;

/** Sends what the Temporal SDK has to say to the product's log. Once per process: the runtime is one. */
export function installTemporalLogger(logger: Logger): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      logger[LEVELS[level]]({ ...meta }, `temporal: ${message}`);
    }),
  });
}
