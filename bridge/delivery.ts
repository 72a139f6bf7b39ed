import { failpoint } from '../platform/failpoint';
import { BatchRefused, KafkaAway, type KafkaProducer, type OutgoingMessage } from '../platform/kafka/port';
import type { Logger } from '../platform/logger';
import { commitToAck, messagesSent, rowsRefused } from './metrics';
import type { Outage } from './outage';
import { deleteRows, type OutboxRow, refuseRow, subjectOf } from './outbox-queries';
import type { RelaySession } from './relay-session';
import { pause, unlessAborted } from './waiting';

/** A broker takes 1 MiB for one partition's part of a request; a whole batch below that never meets the limit. */
const BATCH_BYTES = 512 * 1024;
/** The locks were certainly ours this shortly ago: no need to ask before a send. */
const FRESH_MS = 250;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

export interface DeliverySettings {
  readonly session: RelaySession;
  readonly producer: KafkaProducer;
  readonly deadlineMs: number;
  /** What a row is told as, ready for the wire; none where nobody is told. Throws on a row that cannot be told. */
  readonly say: (row: OutboxRow) => OutgoingMessage[];
  readonly kafkaAway: Outage;
  /** Called before a batch is sent again after Kafka was away: topics may have gone with it. */
  readonly prepareKafka: () => Promise<unknown>;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

interface Parcel {
  readonly row: OutboxRow;
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
}

/** Brings one batch of rows to Kafka and out of the outbox, in that order. */
export class Delivery {
  /** Bookings, items and publications with a row set aside during this batch. */
  private readonly heldBack = new Set<string>();
  private readonly readAt = performance.now();

  constructor(private readonly settings: DeliverySettings) {}

  /**
   * @returns false where the rest of the rows was left for the next batch, because it grew too large
   * @throws {SessionLost} at any point; rows not yet deleted are sent again by whoever holds their lanes next
   * @throws {KafkaAway} when the relay is to stop and Kafka does not answer
   */
  async deliver(rows: readonly OutboxRow[]): Promise<boolean> {
    const parcels: Parcel[] = [];
    let bytes = 0;
    let tookAll = true;
    for (const row of rows) {
      if (this.heldBack.has(subjectOf(row))) continue;
      const parcel = await this.pack(row);
      if (!parcel) continue;
      bytes += parcel.bytes;
      if (bytes > BATCH_BYTES && parcels.length > 0) {
        tookAll = false; // the rest is read again with the next batch
        break;
      }
      parcels.push(parcel);
    }
    await this.send(parcels);
    return tookAll;
  }

  private async pack(row: OutboxRow): Promise<Parcel | undefined> {
    try {
      const messages = this.settings.say(row);
      const bytes = messages.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0);
      return { row, messages, bytes };
    } catch (error) {
      await this.setAside(row, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private async send(parcels: readonly Parcel[]): Promise<void> {
    const [first] = parcels;
    if (!first) return;
    const messages = parcels.flatMap((parcel) => parcel.messages);
    if (messages.length > 0) {
      await failpoint('relay.sending');
      try {
        await this.untilAcknowledged(messages);
      } catch (error) {
        if (!(error instanceof BatchRefused)) throw error;
        if (parcels.length === 1) return this.setAside(first.row, error.refusal);
        return this.sendInParts(parcels);
      }
      await failpoint('relay.acked');
    }
    await deleteRows(
      this.settings.session,
      parcels.map(({ row }) => row.id),
    );
    this.count(parcels);
  }

  /** Finds the refused row by halving. The parts go out in order, and without what waits behind a refused row. */
  private async sendInParts(parcels: readonly Parcel[]): Promise<void> {
    const middle = Math.ceil(parcels.length / 2);
    await this.send(parcels.slice(0, middle));
    await this.send(parcels.slice(middle).filter(({ row }) => !this.heldBack.has(subjectOf(row))));
  }

  /**
   * The same batch again and again, until Kafka has settled it. The deadline of each try counts from when the
   * session last proved to be ours, so that nothing is written after the next holder of the lanes has waited it out.
   */
  private async untilAcknowledged(messages: readonly OutgoingMessage[]): Promise<void> {
    const { session, producer, deadlineMs, kafkaAway, prepareKafka, stopping } = this.settings;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        if (performance.now() - session.provenAt > FRESH_MS) await session.query('SELECT 1');
        session.lost.throwIfAborted();
        const left = deadlineMs - (performance.now() - session.provenAt);
        await unlessAborted(producer.sendBatch(messages, left), session.lost);
        return kafkaAway.end();
      } catch (error) {
        if (!(error instanceof KafkaAway)) throw error;
        kafkaAway.begin(error);
        if (stopping.aborted) throw error;
      }
      await pause(wait, session.lost, stopping);
      await prepareKafka();
    }
  }

  private async setAside(row: OutboxRow, refusal: string): Promise<void> {
    await refuseRow(this.settings.session, row.id, refusal);
    this.heldBack.add(subjectOf(row));
    rowsRefused.inc();
    this.settings.logger.error(
      { alert: 'outbox-row-refused', ...namesOf(row), factId: row.fact_id, row: row.id, refusal },
      'an event cannot be sent: it and the later ones of its booking, item or publication wait until its refused_at is cleared',
    );
  }

  private count(parcels: readonly Parcel[]): void {
    const sinceRead = (performance.now() - this.readAt) / 1000;
    for (const { row, messages } of parcels) {
      for (const { topic } of messages) messagesSent.inc({ topic });
      if (messages.length > 0) commitToAck.observe(row.waited + sinceRead);
    }
  }
}

function namesOf(row: OutboxRow): { bookingId: string } | { itemId: string } | { publication: string } {
  if (row.booking_id !== null) return { bookingId: row.booking_id };
  return row.item_id !== null ? { itemId: row.item_id } : { publication: row.publication };
}
