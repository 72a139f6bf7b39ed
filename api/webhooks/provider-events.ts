import {
  type MoneyEvent,
  PROVIDER_EVENT_KINDS,
  type ProviderEvent,
  type ProviderEventKind,
  RECEIVERS,
} from '../../domain/provider-event';
import type { SagaAnswer, SagaClient } from '../saga/saga-client';

/** What came of handing an event on. `later`: whom it concerns cannot be reached now. */
export type Handed = 'workflow' | 'nobody' | 'later';

/** Hands events on to the workflows they concern, at least once: a receiver knows a repeated one by its id. */
export interface ProviderEvents {
  /** The kinds that somebody is there for; the others stay stored. */
  readonly kinds: readonly ProviderEventKind[];
  hand(event: ProviderEvent): Promise<Handed>;
}

/** Takes money's own tidings, whether or not the booking's saga still runs. */
export interface PaymentCases {
  hand(event: MoneyEvent): Promise<SagaAnswer>;
}

export interface ProviderEventsDeps {
  readonly saga: Pick<SagaClient, 'tell'>;
  /** Absent: refunds and disputes stay stored, and `npm run reconcile` names them. */
  readonly paymentCases?: PaymentCases;
}

export function providerEvents({ saga, paymentCases }: ProviderEventsDeps): ProviderEvents {
  return {
    kinds: PROVIDER_EVENT_KINDS.filter((kind) => RECEIVERS[kind] === 'saga' || paymentCases !== undefined),
    async hand(event) {
      switch (event.kind) {
        case 'action-completed':
        case 'action-failed': {
          const { kind, authorizationId } = event;
          return handed(
            await saga.tell(event.bookingId, {
              kind,
              ...(authorizationId !== undefined && { authorizationId }),
            }),
          );
        }
        case 'refunded':
        case 'refund-failed':
        case 'dispute-opened':
        case 'dispute-funds-withdrawn':
        case 'dispute-funds-reinstated':
        case 'dispute-closed':
          return paymentCases ? handed(await paymentCases.hand(event)) : 'later';
      }
    },
  };
}

const HANDED = {
  committed: 'workflow',
  closed: 'nobody',
  refused: 'nobody',
  unknown: 'later',
  unsent: 'later',
} as const satisfies Record<SagaAnswer['outcome'], Handed>;

function handed({ outcome }: SagaAnswer): Handed {
  return HANDED[outcome];
}
