import type { BookingRequest } from '../../domain/booking';
import type { BookingId } from '../../domain/ids';
import type {
  CaptureOrder,
  Change,
  Decision,
  PaymentMethod,
  Presence,
  ProviderNews,
  RefundOrder,
  Refusal,
  UndoIntervention,
} from '../../workflows/messages';
import type { RefundCase } from '../../workflows/payment-case-messages';

/**
 * What came of speaking to a saga.
 * - `committed`: what was asked for is in the database
 * - `refused`: the saga runs and does not allow it
 * - `closed`: no running saga took it
 * - `unknown`: nobody answered in time; it may have happened or may yet happen
 * - `unsent`: certainly nothing happened
 */
export type SagaAnswer =
  | { readonly outcome: 'committed' }
  | {
      readonly outcome: 'refused';
      readonly refusal: Refusal;
      readonly message: string;
      readonly details?: readonly unknown[];
    }
  | { readonly outcome: 'closed' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'unsent' };

/**
 * The API's way to the sagas. Everything may be said again: the same booking id opens one saga, and the same
 * `updateId` is taken by it once.
 */
export interface SagaClient {
  /** Starts the booking's saga, or finds it started, and waits until PENDING is committed. */
  open(request: BookingRequest): Promise<SagaAnswer>;
  /** Like `open` for a saga that may have been started by an earlier attempt; `closed` where none runs. */
  awaitOpen(bookingId: BookingId): Promise<SagaAnswer>;
  accept(bookingId: BookingId, decision: Decision, updateId: string): Promise<SagaAnswer>;
  reject(bookingId: BookingId, decision: Decision, updateId: string): Promise<SagaAnswer>;
  cancel(bookingId: BookingId, decision: Decision, updateId: string): Promise<SagaAnswer>;
  providePayment(bookingId: BookingId, method: PaymentMethod, updateId: string): Promise<SagaAnswer>;
  checkIn(bookingId: BookingId, presence: Presence, updateId: string): Promise<SagaAnswer>;
  checkOut(bookingId: BookingId, presence: Presence, updateId: string): Promise<SagaAnswer>;
  change(bookingId: BookingId, change: Change, updateId: string): Promise<SagaAnswer>;
  capturePayment(bookingId: BookingId, order: CaptureOrder, updateId: string): Promise<SagaAnswer>;
  refundPayment(bookingId: BookingId, order: RefundOrder, updateId: string): Promise<SagaAnswer>;
  /**
   * Starts a refund of its own, for a booking whose saga has closed, and waits until it is on record and its money set
   * aside. `closed` where that very case has ended already.
   */
  openRefundCase(refund: RefundCase): Promise<SagaAnswer>;
  retryUndo(bookingId: BookingId, intervention: UndoIntervention, updateId: string): Promise<SagaAnswer>;
  skipUndo(bookingId: BookingId, intervention: UndoIntervention, updateId: string): Promise<SagaAnswer>;
  /** Hands on a hint that the provider has news; `committed` where the saga has it, whatever it makes of it. */
  tell(bookingId: BookingId, news: ProviderNews): Promise<SagaAnswer>;
  /** Undefined while sagas can be reached, else what is wrong. */
  trouble(): Promise<string | undefined>;
}
