import { startBridge } from '../../bridge/start';
import { readConfig } from '../../platform/config';
import { armFromEnvironment } from '../../platform/failpoint';
import { createLogger } from '../../platform/logger';

/* A bridge alone in its process, for tests that kill it. */
const config = readConfig();
armFromEnvironment(config.FAILPOINTS);
startBridge(config, createLogger(config.LOG_LEVEL, 'bridge')).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
