import {
  Client,
  type Connection,
  type UpdateDefinition,
  WithStartWorkflowOperation,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { BookingRequest, BookingSnapshot } from '../../domain/booking';
import type { BookingId } from '../../domain/ids';
import { formatMoney } from '../../domain/money';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import type { Config } from '../../platform/config';
import { temporalTrouble } from '../../platform/temporal/trouble';
import {
  acceptUpdate,
  BOOKING_SAGA,
  cancelUpdate,
  capturePaymentUpdate,
  changeUpdate,
  checkInUpdate,
  checkOutUpdate,
  openUpdate,
  providePaymentUpdate,
  providerNewsSignal,
  refundPaymentUpdate,
  rejectUpdate,
  retryUndoUpdate,
  skipUndoUpdate,
  workflowIdOf,
} from '../../workflows/messages';
import { ask } from './ask';
import { paymentCaseClient } from './payment-case-client';
import type { SagaAnswer, SagaClient } from './saga-client';

type Settings = Pick<Config, 'TEMPORAL_NAMESPACE' | 'TEMPORAL_TASK_QUEUE'>;
type Saga = (request: BookingRequest) => Promise<unknown>;

/** One for all attempts, so that the saga is asked once. */
const OPEN_UPDATE_ID = 'open';
const { KEYWORD, DATETIME } = SearchAttributeType;

/** @param connection without automatic retries, see {@link ask} */
export function temporalSagaClient(connection: Connection, settings: Settings): SagaClient {
  const { workflow } = new Client({ connection, namespace: settings.TEMPORAL_NAMESPACE });

  const update =
    <Message>(definition: UpdateDefinition<BookingSnapshot, [Message]>) =>
    (bookingId: BookingId, message: Message, updateId: string): Promise<SagaAnswer> =>
      ask(connection, () =>
        workflow.getHandle(workflowIdOf(bookingId)).executeUpdate(definition, { args: [message], updateId }),
      );

  return {
    open: (request) =>
      ask(connection, () =>
        workflow.executeUpdateWithStart(openUpdate, {
          updateId: OPEN_UPDATE_ID,
          // An operation can be used once, so every attempt makes its own.
          startWorkflowOperation: new WithStartWorkflowOperation<Saga>(BOOKING_SAGA, {
            ...startOptions(request, settings.TEMPORAL_TASK_QUEUE),
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        }),
      ),
    awaitOpen: (bookingId) =>
      ask(connection, () =>
        workflow.getHandle(workflowIdOf(bookingId)).executeUpdate(openUpdate, { updateId: OPEN_UPDATE_ID }),
      ),
    accept: update(acceptUpdate),
    reject: update(rejectUpdate),
    cancel: update(cancelUpdate),
    providePayment: update(providePaymentUpdate),
    checkIn: update(checkInUpdate),
    checkOut: update(checkOutUpdate),
    change: update(changeUpdate),
    capturePayment: update(capturePaymentUpdate),
    refundPayment: update(refundPaymentUpdate),
    openRefundCase: paymentCaseClient(connection, settings).open,
    retryUndo: update(retryUndoUpdate),
    skipUndo: update(skipUndoUpdate),
    tell: (bookingId, news) =>
      ask(connection, () => workflow.getHandle(workflowIdOf(bookingId)).signal(providerNewsSignal, news)),
    trouble: () => temporalTrouble(connection),
  };
}

/** A saga is found by these attributes and read by its summary; neither holds personal data. */
function startOptions(request: BookingRequest, taskQueue: string): WorkflowStartOptions<Saga> {
  const { bookingId, itemId, itemName, ownerId, travelerId, stay, price, terms } = request;
  return {
    workflowId: workflowIdOf(bookingId),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    taskQueue,
    args: [request],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.bookingStatus, KEYWORD), value: 'PENDING' },
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.itemId, KEYWORD), value: itemId },
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.ownerId, KEYWORD), value: ownerId },
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.travelerId, KEYWORD), value: travelerId },
      {
        key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.checkIn, DATETIME),
        value: new Date(terms.checkInAt),
      },
    ],
    staticSummary: `${itemId} ${stay.start} → ${stay.end} for ${travelerId}`,
    staticDetails: [
      `**${itemName}** (${itemId}) of ${ownerId}`,
      `${stay.start} to ${stay.end}, ${request.guests} guests, ${formatMoney(price)}`,
      terms.instant ? 'accepted at once' : `the owner decides within ${terms.decisionWindowSeconds} s`,
    ].join('\n\n'),
  };
}
