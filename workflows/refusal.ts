import { ApplicationFailure } from '@temporalio/workflow';
import type { Refusal } from './messages';

/** The failure that refuses an update; the API knows it by its type. */
export function refuse(type: Refusal, message: string, ...details: unknown[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...details);
}

/** Thrown through the spine once an ending is claimed: no further step starts. */
export class BookingEnds extends Error {
  override readonly name = 'BookingEnds';
}
