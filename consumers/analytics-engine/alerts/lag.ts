import { ALERT_THRESHOLDS } from '../../../domain/analytics/alerts';
import type { Look } from './condition';

/** A group that nobody has run for so long is not one that went away, but one that is not wanted here; seconds. */
const NOT_WANTED = 86_400;

/**
 * Consumer groups that fall behind, or of which nobody has reported for a while, by what their members wrote down. Of a
 * group that the product has no longer, lines are left as well: they are no alert.
 */
export const lag: Look = async ({ query }, now, groupIds) => {
  const { messages, seconds, silentSeconds } = ALERT_THRESHOLDS.lag;
  const rows = await query<{ group_id: string; messages: number; seconds: number; silent: number }>(
    `SELECT group_id, messages, seconds, silent FROM (
       SELECT group_id,
         (COALESCE(max(messages) FILTER (WHERE is_fresh), 0))::float8 AS messages,
         (COALESCE(max(seconds) FILTER (WHERE is_fresh), 0))::float8 AS seconds,
         extract(epoch FROM $1::timestamptz - max(at))::float8 AS silent
       FROM (SELECT *, at > $1::timestamptz - make_interval(secs => $4) AS is_fresh FROM consumers.lags
             WHERE group_id = ANY ($5)) reported
       GROUP BY 1
     ) behind WHERE silent < $6 AND (messages > $2 OR seconds > $3 OR silent > $4) ORDER BY group_id`,
    [now, messages, seconds, silentSeconds, groupIds, NOT_WANTED],
  );
  return rows.map(({ group_id: subject, silent, ...behind }) => {
    const observed = { messages: behind.messages, seconds: Math.round(behind.seconds) };
    if (silent > silentSeconds) {
      const minutes = Math.floor(silent / 60);
      return {
        subject,
        text: `No member of ${subject} has reported for ${minutes} minutes.`,
        observed: { ...observed, silentSeconds: Math.round(silent) },
      };
    }
    const text = `${subject} is ${observed.messages} messages behind, the oldest in hand is ${observed.seconds} s old.`;
    return { subject, text, observed };
  });
};
