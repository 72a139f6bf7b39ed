import { Client, type Connection, WithStartWorkflowOperation } from '@temporalio/client';
import type { MoneyEvent } from '../../domain/provider-event';
import type { Config } from '../../platform/config';
import {
  caseOpenedUpdate,
  disputeNewsSignal,
  PAYMENT_CASE,
  type PaymentCaseRequest,
  paymentCaseIdOf,
} from '../../workflows/payment-case-messages';
import { ask } from './ask';
import { caseOf } from './case-of-event';
import type { SagaAnswer } from './saga-client';

type Settings = Pick<Config, 'TEMPORAL_NAMESPACE' | 'TEMPORAL_TASK_QUEUE'>;
type Case = (request: PaymentCaseRequest) => Promise<unknown>;

/** One for all attempts, so that a case is asked once whether it is on record. */
const OPENED_UPDATE_ID = 'opened';

/** The API's way to the cases of money after the end. A case that has ended answers `closed`. */
export interface PaymentCaseClient {
  /** Starts a case, or finds it started, and waits until it is on record or refused. */
  open(request: PaymentCaseRequest): Promise<SagaAnswer>;
  /** Hands on what a provider told of money, to the case it opens or belongs to. */
  hand(event: MoneyEvent): Promise<SagaAnswer>;
}

/** @param connection without automatic retries, see {@link ask} */
export function paymentCaseClient(connection: Connection, settings: Settings): PaymentCaseClient {
  const { workflow } = new Client({ connection, namespace: settings.TEMPORAL_NAMESPACE });

  const startOptions = (request: PaymentCaseRequest) => ({
    workflowId: paymentCaseIdOf(request.bookingId, request.caseId),
    workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue: settings.TEMPORAL_TASK_QUEUE,
    args: [request] as [PaymentCaseRequest],
    staticSummary: `${request.kind} for ${request.bookingId}`,
  });

  const open = (request: PaymentCaseRequest) =>
    ask(connection, () =>
      workflow.executeUpdateWithStart(caseOpenedUpdate, {
        updateId: OPENED_UPDATE_ID,
        startWorkflowOperation: new WithStartWorkflowOperation<Case>(PAYMENT_CASE, startOptions(request)),
      }),
    );

  return {
    open,
    hand(event) {
      const { request, word } = caseOf(event);
      if (word === undefined) return open(request);
      // The word may come before the news that there is a dispute at all.
      return ask(connection, () =>
        workflow.signalWithStart<Case, [{ word: typeof word }]>(PAYMENT_CASE, {
          ...startOptions(request),
          signal: disputeNewsSignal,
          signalArgs: [{ word }],
        }),
      );
    },
  };
}
