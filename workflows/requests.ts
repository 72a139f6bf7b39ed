import { ApplicationFailure } from '@temporalio/workflow';
import { BookingEnds, refuse } from './refusal';

interface Request {
  readonly serve: () => Promise<void>;
  readonly turnAway: (failure: ApplicationFailure) => void;
}

/**
 * What was asked of a confirmed booking that only the main line may do, such as a change of its dates. An update's
 * handler puts the work here and awaits the answer; the main line does one piece at a time, between appointments.
 */
export class RequestQueue {
  private readonly waiting: Request[] = [];

  /** @param onRequest called when something was asked for */
  constructor(private readonly onRequest: () => void) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /**
   * Hands work to the main line; to be called before the handler's first await, once its validator has found the
   * work legal.
   *
   * @param work runs while the booking is CONFIRMED and nothing else of the main line does. It may end the booking.
   * @returns what `work` answers
   * @throws {ApplicationFailure} with which `work` refuses, or that the booking was ended or checked in first
   */
  ask<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return new Promise<Answer>((answer, turnAway) => {
      const serve = async () => {
        try {
          answer(await work());
        } catch (error) {
          if (error instanceof BookingEnds) turnAway(refuse('IllegalTransition', 'the booking ended first'));
          if (!(error instanceof ApplicationFailure)) throw error;
          turnAway(error);
        }
      };
      this.waiting.push({ serve, turnAway });
      this.onRequest();
    });
  }

  /**
   * Does the oldest piece of work. Its refusal is the asker's alone; an ending or a defect is the main line's.
   * @throws {BookingEnds}
   */
  async serveOne(): Promise<void> {
    await this.waiting.shift()?.serve();
  }

  /** Turns away everything that still waits. */
  turnAway(why: string): void {
    for (const { turnAway } of this.waiting.splice(0)) turnAway(refuse('IllegalTransition', why));
  }
}
