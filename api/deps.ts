import type { Config } from '../platform/config';
import type { Database } from '../platform/database/client';
import type { Logger } from '../platform/logger';
import type { VerifyToken } from './auth/verify-token';
import type { SimulatorDesk } from './development/simulator-desk';
import type { LiveStreams } from './live/live-streams';
import type { SagaClient } from './saga/saga-client';

/** Everything the API reaches outside itself by. */
export interface ApiDeps {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly saga: SagaClient;
  /** To be called after an event of the payment provider was stored. */
  readonly handSoon: () => void;
  /** In development, with the simulated provider. */
  readonly simulatorDesk?: SimulatorDesk;
  readonly live: LiveStreams;
  readonly verifyToken: VerifyToken;
  /** The present instant. */
  readonly now: () => Date;
}
