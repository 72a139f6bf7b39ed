import type { UndoStep } from '../../domain/undo';
import type { Part } from './access';
import type { Action } from './act';

/*
 * What can be done to a booking. `reason` is the caller's own words.
 */
const withReason = (reason: string | undefined) => (reason === undefined ? {} : { reason });

export const accept = (reason?: string): Action => ({
  part: 'owner',
  done: 'accepted',
  fact: 'booking.accepted',
  tell: (saga, bookingId, by, updateId) => saga.accept(bookingId, { by, ...withReason(reason) }, updateId),
});

export const reject = (reason?: string): Action => ({
  part: 'owner',
  done: 'rejected',
  fact: 'booking.rejected',
  tell: (saga, bookingId, by, updateId) => saga.reject(bookingId, { by, ...withReason(reason) }, updateId),
});

export const cancelAs = (part: Part | readonly Part[], reason?: string): Action => ({
  part,
  done: 'cancelled',
  fact: 'booking.cancelled',
  tell: (saga, bookingId, by, updateId) => saga.cancel(bookingId, { by, ...withReason(reason) }, updateId),
});

export const providePayment = (paymentToken: string): Action => ({
  part: 'traveler',
  done: 'paid for in another way',
  tell: (saga, bookingId, by, updateId) => saga.providePayment(bookingId, { by, paymentToken }, updateId),
});

export const checkIn = (): Action => ({
  part: 'owner',
  done: 'checked in',
  fact: 'booking.checked-in',
  tell: (saga, bookingId, by, updateId) => saga.checkIn(bookingId, { by }, updateId),
});

export const checkOut = (): Action => ({
  part: 'owner',
  done: 'checked out',
  fact: 'booking.checked-out',
  tell: (saga, bookingId, by, updateId) => saga.checkOut(bookingId, { by }, updateId),
});

export const retryUndo = (step: UndoStep): Action => ({
  part: 'admin',
  done: 'undone again',
  afterEnd: true,
  tell: (saga, bookingId, by, updateId) => saga.retryUndo(bookingId, { by, step }, updateId),
});

export const skipUndo = (step: UndoStep): Action => ({
  part: 'admin',
  done: 'declared undone',
  afterEnd: true,
  tell: (saga, bookingId, by, updateId) => saga.skipUndo(bookingId, { by, step }, updateId),
});
