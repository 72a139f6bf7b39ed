import { randomBytes } from 'node:crypto';
import { type BookingId, mintBookingId } from '../../domain/ids';
import { PROBLEMS, Problem } from '../../domain/problems';
import type { ApiDeps } from '../deps';
import type { Answer } from '../http/route';
import { claimKey, type KeyUse, letGo, type StoredAnswer, storeAnswer } from './keys';
import { requestHash } from './request-hash';

const NO_ANSWER_YET = 202;

/** A write, as its idempotency key sees it. */
export interface Write {
  readonly caller: string;
  /** The route's pattern. */
  readonly route: string;
  readonly key: string;
  /** What was asked: a repeat must ask the same. */
  readonly request: unknown;
  /** Whom it concerns; a create has none yet and is given one. */
  readonly bookingId?: BookingId;
}

/** What an attempt works under. */
export interface Attempt {
  readonly bookingId: BookingId;
  /** The same for every attempt at the same request. */
  readonly updateId: string;
  /** Whether an earlier attempt may have got somewhere. */
  readonly again: boolean;
}

export function freshBookingId({ now }: Pick<ApiDeps, 'now'>): BookingId {
  return mintBookingId(now().getTime(), randomBytes(10));
}

/**
 * Does a write once, however often it is sent under its key. Answers below 500, refusals too, are kept and replayed;
 * anything else, a 202 too since it only says that there is no answer yet, lets the next repeat try again under the
 * same ids.
 */
export async function once(
  deps: ApiDeps,
  write: Write,
  attempt: (attempt: Attempt) => Promise<Answer>,
): Promise<Answer> {
  const use: KeyUse = { ...write, hash: requestHash(write.request) };
  const claim = await claimKey(deps.database, use, write.bookingId ?? freshBookingId(deps));
  switch (claim.kind) {
    case 'replay':
      return replayed(claim.status, claim.answer);
    case 'other-request':
      throw new Problem(
        'idempotency-key-reused',
        'Use a fresh Idempotency-Key for a new request, or repeat the old one unchanged.',
      );
    case 'in-flight':
      throw new Problem(
        'request-in-flight',
        'A request with this key is being worked on; its answer will be here soon.',
        {},
        1,
      );
    case 'drive': {
      const updateId = requestHash([use, claim.bookingId]).slice(0, 32);
      return await settled(deps, claim.rowId, () =>
        attempt({ bookingId: claim.bookingId, again: claim.again, updateId }),
      );
    }
  }
}

/** Runs the attempt and keeps what came of it. */
async function settled(deps: ApiDeps, rowId: bigint, attempt: () => Promise<Answer>): Promise<Answer> {
  try {
    const answer = await attempt();
    if (answer.status === NO_ANSWER_YET) {
      await letNextGoOn(deps, rowId);
      return answer;
    }
    const text = JSON.stringify(answer.body);
    await keep(deps, rowId, answer.status, { kind: 'answer', text, headers: answer.headers ?? {} });
    return answer;
  } catch (error) {
    if (error instanceof Problem && PROBLEMS[error.code].status < 500) {
      const { code, message, members } = error;
      await keep(deps, rowId, PROBLEMS[code].status, { kind: 'problem', code, detail: message, members });
    } else {
      await letNextGoOn(deps, rowId);
    }
    throw error;
  }
}

async function letNextGoOn(deps: ApiDeps, rowId: bigint): Promise<void> {
  await letGo(deps.database, rowId).catch((failure: unknown) => {
    deps.logger.warn({ err: failure }, 'an idempotency key could not be let go; it waits to be abandoned');
  });
}

/** The work is done whether or not its answer can be kept: without it, a repeat drives the same ids again. */
async function keep(deps: ApiDeps, rowId: bigint, status: number, answer: StoredAnswer): Promise<void> {
  try {
    await storeAnswer(deps.database, rowId, status, answer);
  } catch (failure) {
    deps.logger.warn({ err: failure }, 'an answer could not be kept for repeats of its request');
  }
}

function replayed(status: number, answer: StoredAnswer): Answer {
  if (answer.kind === 'problem') throw new Problem(answer.code, answer.detail, answer.members);
  const { text, headers } = answer;
  return {
    status,
    contentType: 'application/json',
    headers: { ...headers, 'Idempotent-Replayed': 'true' },
    body: text,
  };
}
