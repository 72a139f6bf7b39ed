import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { REFUSALS, type Refusal } from '../../workflows/messages';
import type { SagaAnswer } from './saga-client';

/** How long a caller of the API waits for a saga, milliseconds. */
export const SAGA_DEADLINE_MS = 5000;
/** Pauses before another attempt; past them, and while nothing was ever sent, Temporal counts as away. */
const PAUSES_MS = [100, 200, 400];

/** gRPC status codes after which the same call may succeed. Source: grpc.io/docs/guides/status-codes. */
const RETRYABLE = new Set([1, 2, 4, 8, 10, 13, 14]);

/** How grpc-js words the failure of a call that never left this machine. */
const NEVER_SENT =
  /^(No connection established|Name resolution failed)|Waiting for (LB pick|name resolution)/;

/** The failure with which the server answers an accepted update whose workflow closed before it was handled. */
const CLOSED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';

/**
 * Runs one update call within the deadline, repeating it where that can help. The connection must not retry by
 * itself: only whoever sees each attempt can tell whether one of them may have arrived.
 */
export async function ask(
  connection: Connection,
  call: () => Promise<unknown>,
  deadlineMs: number = SAGA_DEADLINE_MS,
): Promise<SagaAnswer> {
  const deadline = Date.now() + deadlineMs;
  let maybeSent = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await connection.withDeadline(deadline, call);
      return { outcome: 'committed' };
    } catch (error) {
      const answered = answerOf(error);
      if (answered) return answered;
      if (!isTransient(error)) throw error;
      maybeSent ||= !wasNeverSent(error);
      const pause = PAUSES_MS[attempt];
      if (pause === undefined || Date.now() + pause >= deadline) {
        return { outcome: maybeSent ? 'unknown' : 'unsent' };
      }
      await sleep(pause);
    }
  }
}

/** The saga's own answer, or the server's about it; undefined where neither was heard. */
function answerOf(error: unknown): SagaAnswer | undefined {
  if (error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError) {
    return { outcome: 'closed' };
  }
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message, details } = error.cause;
    if (type === CLOSED_MEANWHILE) return { outcome: 'closed' };
    if (isRefusal(type)) return { outcome: 'refused', refusal: type, message, details: details ?? [] };
  }
  return undefined;
}

function isRefusal(type: string | undefined | null): type is Refusal {
  return REFUSALS.some((refusal) => refusal === type);
}

function isTransient(error: unknown): boolean {
  const status = grpcStatusOf(error);
  return status !== undefined && RETRYABLE.has(status.code);
}

function wasNeverSent(error: unknown): boolean {
  return NEVER_SENT.test(grpcStatusOf(error)?.details ?? '');
}

/** The client wraps gRPC's error, sometimes twice. */
function grpcStatusOf(error: unknown): { code: number; details: string } | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth += 1) {
    if (isGrpcServiceError(cause)) return { code: cause.code, details: cause.details ?? '' };
  }
  return undefined;
}
