import { Counter, Gauge, Histogram } from 'prom-client';
import { metrics } from '../../platform/metrics';

const registers = [metrics];

/** What a stream tells of. */
export const STREAM_KINDS = ['booking', 'owner'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

export const streamsOpen = new Gauge({
  name: 'live_streams',
  help: 'Live streams that are open.',
  labelNames: ['kind'],
  registers,
});
export const streamsRefused = new Counter({
  name: 'live_streams_refused_total',
  help: 'Live streams that were refused: too many of one caller, or in all.',
  labelNames: ['limit'],
  registers,
});
export const eventsSent = new Counter({
  name: 'live_events_sent_total',
  help: 'Events written to live streams.',
  labelNames: ['kind'],
  registers,
});
export const commitToWrite = new Histogram({
  name: 'live_commit_to_write_seconds',
  help: 'From the commit of a fact until it was written to a stream that had been open for it.',
  buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
  registers,
});
export const topicsHeard = new Gauge({
  name: 'live_topics_heard',
  help: '1 while the topics tell live streams when to look at the log, 0 while they look every second.',
  registers,
});
