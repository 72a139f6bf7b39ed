import { ALERT_THRESHOLDS } from '../../domain/analytics/alerts';
import type { KafkaAdmin } from '../../platform/kafka/port';
import type { Logger } from '../../platform/logger';
import type { Hands } from './hands';
import type { LagReport } from './lag-report';
import { lagMessages, lagSeconds } from './metrics';

/** Asking opens a connection and closes it again: not more often than this. */
const SAMPLE_MS = 15_000;
/** Past these somebody should look: a group's messages over all of its topics, and the age of its oldest one. */
export const LAG_LIMITS = ALERT_THRESHOLDS.lag;

export interface LagSettings {
  readonly admin: Pick<KafkaAdmin, 'lagOf'>;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly hands: Pick<Hands, 'oldest'>;
  readonly report: Pick<LagReport, 'tell' | 'leave'>;
  readonly logger: Logger;
}

/** How far a group is behind: in messages as the broker counts them, in seconds by the oldest one in hand here. */
export class LagWatch {
  private sampledAt = Number.NEGATIVE_INFINITY;
  private sampling = false;
  private messages = 0;
  private alerted = false;
  private telling: Promise<void> = Promise.resolve();
  private forgotten = false;

  constructor(private readonly settings: LagSettings) {}

  /**
   * Brings the metrics up to date, and alerts once when a limit is passed. Only who reads writes it down: that a group is
   * not reading shows by its silence, however few messages wait.
   */
  look(whether: 'reading' | 'away'): void {
    const seconds = this.seconds;
    lagSeconds.set({ group: this.settings.groupId }, seconds);
    if (performance.now() - this.sampledAt >= SAMPLE_MS && !this.sampling) void this.sample(whether);
    this.alert(this.messages, seconds);
  }

  /** This process reads for the group no longer. */
  async forget(): Promise<void> {
    const { groupId, topics, report } = this.settings;
    this.forgotten = true;
    await this.telling;
    await report.leave();
    lagSeconds.remove({ group: groupId });
    for (const topic of topics) lagMessages.remove({ group: groupId, topic });
  }

  /** Age of the oldest message in hand. */
  private get seconds(): number {
    const { oldest } = this.settings.hands;
    return oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1000);
  }

  private async sample(whether: 'reading' | 'away'): Promise<void> {
    const { admin, groupId, topics, report, logger } = this.settings;
    this.sampling = true;
    try {
      const lags = await admin.lagOf(groupId, topics);
      for (const { topic, lag } of lags) lagMessages.set({ group: groupId, topic }, lag);
      this.messages = lags.reduce((sum, { lag }) => sum + lag, 0);
      if (whether === 'reading' && !this.forgotten) this.telling = report.tell(this.messages, this.seconds);
    } catch (error) {
      logger.debug({ err: error }, 'the lag was not measured');
    } finally {
      this.sampledAt = performance.now();
      this.sampling = false;
    }
  }

  private alert(messages: number, seconds: number): void {
    const late = messages > LAG_LIMITS.messages || seconds > LAG_LIMITS.seconds;
    if (late && !this.alerted) {
      this.settings.logger.error({ alert: 'consumer-lag', messages, seconds }, 'the group falls behind');
    } else if (!late && this.alerted) {
      this.settings.logger.info({ messages, seconds }, 'Over: the group was behind');
    }
    this.alerted = late;
  }
}
