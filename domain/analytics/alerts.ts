/** Everything the analytics engine watches for. */
export const ALERT_KINDS = ['overbooking', 'refund-spike', 'declining-payments', 'lag'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ALERT_STATUSES = ['opened', 'closed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** From which point on something is an alert. An alert ends when a look finds its condition no longer met. */
export const ALERT_THRESHOLDS = {
  /** Item nights from today on of which more are sold than the item's capacity, its overbooking left out. */
  overbooking: { daysAhead: 365 },
  /**
   * Of one owner: refunds of the last `hours`, at least `atLeast` of them and at least `times` as many as in an average
   * stretch of that length in the `daysBefore` before it.
   */
  'refund-spike': { hours: 24, atLeast: 5, times: 3, daysBefore: 28 },
  /** Of one owner: of at least `atLeast` holds asked for in the last `hours`, `percent` or more were declined. */
  'declining-payments': { hours: 24, atLeast: 10, percent: 40 },
  /** Of a consumer group: messages it has not settled; age of the oldest it has in hand; silence of its members. */
  lag: { messages: 1_000, seconds: 300, silentSeconds: 300 },
} as const satisfies Readonly<Record<AlertKind, Readonly<Record<string, number>>>>;
