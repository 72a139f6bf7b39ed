import { createHash } from 'node:crypto';
import type { Transaction, Transactions } from '../../platform/database/transactions';
import type { Logger } from '../../platform/logger';
import { Permits } from '../../platform/permits';
import { Rounds } from '../../platform/rounds';
import { classifyFailure } from '../runner/classify-failure';
import type { Delivery, Event } from '../runner/group';
import {
  lockDueMail,
  lockMail,
  type MailKey,
  type MailRow,
  mailsOfEvent,
  markPostponed,
  markSettled,
  type Postponement,
  type Settlement,
} from './mail-rows';
import type { Mail, MailServer, MailVerdict } from './mail-server';
import { mailsSettled } from './metrics';
import { renderMail } from './templates';

/** Mails under way at a time in this process; each holds a connection of the group's own pool. */
export const AT_ONCE = 4;
/** A mail that the server puts off is tried again for so long: who keeps strangers waiting does so for some minutes. */
const DEFERRED_AT_MOST_MS = 15 * 60_000;
/** How soon a mail that was put off is tried again, milliseconds. */
const TRY_AGAIN_MS = 60_000;
/** How often mails are looked for that were put off and are due; a look that finds none reads one index. */
const LOOK_EVERY_MS = 5_000;

export interface MailDeliverySettings {
  readonly server: MailServer;
  /** A pool of its own: connections are held for as long as a mail server takes. */
  readonly transactions: Transactions;
  readonly from: string;
  readonly logger: Logger;
}

/**
 * Sends the mails of an event, one by one: each is locked, sent, marked and committed before the next one is begun. Of two
 * processes that have one event in hand, the second waits at the row. What the server answered is kept here until it is
 * committed, so that a mail is repeated only where this process ends between the two, or where no answer came.
 *
 * A mail that the server puts off is no longer its event's: it is taken up by itself, here or in another process.
 */
export class MailDelivery implements Delivery {
  private readonly permits = new Permits(AT_ONCE);
  /** By message id: answered by the server, and not yet committed. */
  private readonly answered = new Map<string, Settlement>();
  private readonly rounds: Rounds;
  private failing = false;

  constructor(private readonly settings: MailDeliverySettings) {
    this.rounds = new Rounds({
      round: () => this.sendDue(this.rounds.signal),
      onFailure: (error) => this.roundFailed(error),
      pollMs: LOOK_EVERY_MS,
    });
  }

  /** Looks for mails that were put off, from now on. */
  start(): void {
    this.rounds.start();
  }

  async deliver({ eventId }: Event, ending: AbortSignal): Promise<boolean> {
    const { transactions } = this.settings;
    for (const key of await mailsOfEvent(transactions, eventId)) {
      const begun = await this.permits.using(async () => {
        if (ending.aborted) return false;
        const result = await transactions.run((transaction) => this.settle(transaction, key, ending));
        if (result !== 'ending') this.committed(key, result);
        return result !== 'ending';
      });
      if (!begun) return false;
    }
    return true;
  }

  /**
   * Sends the mails that were put off and are due, one after the other.
   * @throws {InfrastructureFailure} where the mail server is away; those behind it are then left for another time
   */
  async sendDue(ending: AbortSignal): Promise<void> {
    for (let more = true; more && !ending.aborted; ) {
      more = await this.permits.using(() => this.sendOneDue(ending));
    }
    this.failing = false;
  }

  stop(): void {
    void this.rounds.stop();
  }

  async close(): Promise<void> {
    await this.rounds.stop();
    await this.settings.transactions.close();
  }

  /** @returns undefined where somebody else has just settled it */
  private async settle(
    transaction: Transaction,
    key: MailKey,
    ending: AbortSignal,
  ): Promise<Settlement | Postponement | 'ending' | undefined> {
    const row = await lockMail(transaction, key);
    if (!row) return undefined;
    // Whoever had it may have taken its time.
    if (ending.aborted) return 'ending';
    // It is taken up as soon as the earlier one is settled.
    if (row.is_behind) return mark(transaction, key, postponed(null, 0));
    return mark(transaction, key, await this.send(row));
  }

  /** @returns whether there was one */
  private async sendOneDue(ending: AbortSignal): Promise<boolean> {
    if (ending.aborted) return false;
    let failure: unknown;
    const sent = await this.settings.transactions.run(async (transaction) => {
      const row = await lockDueMail(transaction);
      if (!row) return undefined;
      const result = await this.send(row).catch((error: unknown): Settlement | Postponement => {
        const reason = error instanceof Error ? error.message : String(error);
        // There is no event of it that could be parked.
        if (classifyFailure(error) !== 'infrastructure') return { status: 'refused', reason };
        // Not to be the first again, where the server falls silent over this very mail.
        failure = error;
        return postponed(reason, TRY_AGAIN_MS);
      });
      return { row, result: await mark(transaction, row, result) };
    });
    if (sent) this.committed(sent.row, sent.result);
    if (failure !== undefined) throw failure;
    return sent !== undefined;
  }

  /** @throws {InfrastructureFailure} where it is to be tried again */
  private async send(row: MailRow): Promise<Settlement | Postponement> {
    const { server, from } = this.settings;
    const messageId = messageIdOf(row, from);
    const known = this.answered.get(messageId);
    if (known) return known;
    const address = row.email ?? server.addressOf?.(row.recipient_id);
    if (!address) return { status: 'no-address' };
    const to = { name: row.name ?? '', address };
    const settlement = settlementOf(
      row,
      await server.send({ messageId, from, to, ...renderMail(row, { ...row.facts, name: row.name }) }),
    );
    if (settlement.status !== 'waiting') this.answered.set(messageId, settlement);
    return settlement;
  }

  private committed(key: MailKey, result: Settlement | Postponement | undefined): void {
    this.answered.delete(messageIdOf(key, this.settings.from));
    if (!result) return;
    const { booking_id: bookingId, word, recipient } = key;
    const about = { bookingId, word, recipient, ...result };
    const { logger } = this.settings;
    if (result.status !== 'waiting') mailsSettled.inc({ outcome: result.status });
    if (result.status === 'waiting') logger.info(about, 'a mail was put off');
    else if (result.status === 'refused')
      logger.warn({ alert: 'mail-refused', ...about }, 'a mail was refused');
    else logger.debug(about, 'a mail was settled');
  }

  private roundFailed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    // Once for each absence.
    if (!this.failing) this.settings.logger.warn({ error: why }, 'mails that were put off are waiting');
    this.failing = true;
  }
}

function settlementOf({ deferred_ms }: MailRow, verdict: MailVerdict): Settlement | Postponement {
  switch (verdict.kind) {
    case 'sent':
      return { status: 'sent' };
    case 'deferred':
      if (deferred_ms < DEFERRED_AT_MOST_MS)
        return { ...postponed(verdict.reason, TRY_AGAIN_MS), counts: true };
      return { status: 'refused', reason: `put off for too long: ${verdict.reason}` };
    case 'refused':
      return { status: 'refused', reason: verdict.reason };
    default:
      return verdict satisfies never;
  }
}

function postponed(reason: string | null, inMs: number): Postponement {
  return { status: 'waiting', reason, inMs, counts: false };
}

async function mark<Result extends Settlement | Postponement>(
  transaction: Transaction,
  key: MailKey,
  result: Result,
): Promise<Result> {
  if (result.status === 'waiting') await markPostponed(transaction, key, result);
  else await markSettled(transaction, key, result);
  return result;
}

/** Says nothing of whom it is for, and is the same whenever this mail is sent. */
function messageIdOf({ booking_id, word, recipient }: MailKey, from: string): Mail['messageId'] {
  const hash = createHash('sha256').update(`${booking_id} ${word} ${recipient}`).digest('hex').slice(0, 32);
  return `<${hash}@${from.replace(/>$/, '').split('@').at(-1)}>`;
}
