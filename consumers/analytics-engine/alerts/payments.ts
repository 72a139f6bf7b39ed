import { ALERT_THRESHOLDS } from '../../../domain/analytics/alerts';
import type { Look } from './condition';

/** Owners whose guests get unusually many refunds. Counted, not summed up: amounts of two currencies do not add up. */
export const refundSpike: Look = async ({ query }, now) => {
  const { hours, daysBefore, atLeast, times } = ALERT_THRESHOLDS['refund-spike'];
  const rows = await query<{ owner_id: string; refunds: number; usual: number }>(
    `SELECT owner_id, refunds, usual FROM (
       SELECT i.owner_id, (count(*) FILTER (WHERE p.at > recent.begin))::integer AS refunds,
         round((count(*) FILTER (WHERE p.at <= recent.begin)) * $2::numeric / ($3::numeric * 24), 2)::float8 AS usual
       FROM (SELECT $1::timestamptz - make_interval(hours => $2::integer) AS begin) recent
       JOIN analytics.payments p ON p.kind = 'refunded' AND p.at <= $1
         AND p.at > recent.begin - make_interval(days => $3::integer)
       JOIN analytics.bookings b ON b.booking_id = p.booking_id JOIN booking.items i ON i.id = b.item_id GROUP BY 1
     ) counted WHERE refunds >= $4 AND refunds >= $5 * usual ORDER BY owner_id`,
    [now, hours, daysBefore, atLeast, times],
  );
  return rows.map(({ owner_id: ownerId, refunds, usual }) => ({
    ...{ subject: ownerId, ownerId },
    text: `${refunds} refunds in ${hours} hours for items of ${ownerId}; ${usual} are usual.`,
    observed: { refunds, usual },
  }));
};

/** Owners whose guests' payments are declined unusually often. */
export const decliningPayments: Look = async ({ query }, now) => {
  const { hours, atLeast, percent } = ALERT_THRESHOLDS['declining-payments'];
  const rows = await query<{ owner_id: string; tries: number; declined: number }>(
    `SELECT owner_id, tries, declined FROM (
       SELECT i.owner_id, count(*)::integer AS tries,
         (count(*) FILTER (WHERE p.kind = 'declined'))::integer AS declined
       FROM analytics.payments p
       JOIN analytics.bookings b ON b.booking_id = p.booking_id JOIN booking.items i ON i.id = b.item_id
       WHERE p.kind IN ('authorized', 'declined') AND p.at <= $1
         AND p.at > $1::timestamptz - make_interval(hours => $2::integer)
       GROUP BY 1
     ) counted WHERE tries >= $3 AND declined * 100 >= tries * $4 ORDER BY owner_id`,
    [now, hours, atLeast, percent],
  );
  return rows.map(({ owner_id: ownerId, tries, declined }) => ({
    ...{ subject: ownerId, ownerId },
    text: `${declined} of ${tries} payments for items of ${ownerId} were declined in ${hours} hours.`,
    observed: { tries, declined },
  }));
};
