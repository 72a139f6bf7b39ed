import type { Config } from '../../platform/config';
import type { Transactions } from '../../platform/database/transactions';
import type { Logger } from '../../platform/logger';
import { attempt } from '../runner/attempt';
import { deliver } from '../runner/delivery';
import { Envelopes } from '../runner/envelope';
import type { Event, Group } from '../runner/group';
import type { Letter } from './letter';

/**
 * How the replay of a letter ended.
 * - `replayed`: it has had its effect, now or before; `note` says which
 * - `failed`: nothing was written, and the letter stays
 */
export type Replay =
  | { readonly kind: 'replayed'; readonly note: 'done' | 'ignored' | 'known already' }
  | { readonly kind: 'failed'; readonly error: string };

export interface ReplaySettings {
  readonly transactions: Transactions;
  readonly groups: readonly Group[];
  readonly prefix: string;
  readonly config: Config;
  readonly logger: Logger;
}

/**
 * Handles a letter's message once, by the handler of the group that parked it and no other, in a transaction with that
 * group's inbox; where the group sends something, it is sent then. Nothing is written to any topic. An older message than what a view knows by now changes nothing there.
 */
export async function replay(letter: Letter, settings: ReplaySettings): Promise<Replay> {
  const readable = readAgain(letter, settings);
  if (readable.kind === 'unreadable') return { kind: 'failed', error: readable.error };
  const { group, event } = readable;
  const result = await attempt(settings.transactions, letter.groupId, group, [event]);
  switch (result.kind) {
    case 'committed': {
      const undelivered = await sendOff(group, event, settings);
      if (undelivered !== undefined) return { kind: 'failed', error: wordsOf(undelivered) };
      if (result.duplicates > 0) return { kind: 'replayed', note: 'known already' };
      return { kind: 'replayed', note: result.ignored > 0 ? 'ignored' : 'done' };
    }
    case 'refused':
      return { kind: 'failed', error: `refused: ${result.reason}` };
    case 'failed':
    case 'infrastructure':
      return { kind: 'failed', error: wordsOf(result.error) };
    case 'held':
      return { kind: 'failed', error: `the view of ${letter.groupId} is being made anew; later` };
    default:
      return result satisfies never;
  }
}

/** @returns why what the handler wrote down could not be sent, if so */
async function sendOff(group: Group, event: Event, { config, logger }: ReplaySettings): Promise<unknown> {
  const delivery = group.openDelivery?.(config, logger);
  if (!delivery) return undefined;
  try {
    const sent = await deliver(delivery, [event], new AbortController().signal);
    return 'error' in sent ? sent.error : undefined;
  } finally {
    await delivery.close();
  }
}

type Readable =
  | { readonly kind: 'readable'; readonly group: Group; readonly event: Event }
  | { readonly kind: 'unreadable'; readonly error: string };

/** Opens a letter as its group would today. Does nothing with it. */
export function readAgain(
  { groupId, message }: Letter,
  { groups, prefix, config }: Pick<ReplaySettings, 'groups' | 'prefix' | 'config'>,
): Readable {
  const group = groups.find(({ name }) => prefix + name === groupId);
  if (!group) return { kind: 'unreadable', error: `the product has no group ${groupId || '(none named)'}` };
  const opened = new Envelopes(group.topics, config).open(message);
  if (opened.kind === 'misfit') return { kind: 'unreadable', error: `${opened.reason}: ${opened.error}` };
  return { kind: 'readable', group, event: opened.event };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
