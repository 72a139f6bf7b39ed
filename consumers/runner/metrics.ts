import { Counter, Gauge, Histogram } from 'prom-client';
import { metrics } from '../../platform/metrics';

const registers = [metrics];
const labelNames = ['group'] as const;

const OUTCOMES = ['done', 'ignored', 'duplicate', 'parked'] as const;
export type SettledAs = (typeof OUTCOMES)[number];

export const eventsSettled = new Counter({
  name: 'booking_consumer_events_total',
  help: 'Messages that were settled: done, ignored, duplicate or parked.',
  labelNames: ['group', 'outcome'],
  registers,
});
export const retries = new Counter({
  name: 'booking_consumer_retries_total',
  help: "Tries that failed and were made again, by whose failure it was: the handler's or that of infrastructure.",
  labelNames: ['group', 'kind'],
  registers,
});
export const handlerSeconds = new Histogram({
  name: 'booking_consumer_handler_seconds',
  help: 'One transaction, with its handlers: of one event, or of many where the group allows it.',
  labelNames,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers,
});
export const lagMessages = new Gauge({
  name: 'booking_consumer_lag_messages',
  help: 'Messages of a topic that the group has not settled yet. Alert above 1000.',
  labelNames: ['group', 'topic'],
  registers,
});
export const lagSeconds = new Gauge({
  name: 'booking_consumer_lag_seconds',
  help: 'Age of the oldest message that this process has in hand for the group. Alert above 300.',
  labelNames,
  registers,
});
export const circuitOpen = new Gauge({
  name: 'booking_consumer_circuit_open',
  help: "1 while the group's circuit is open: it waits for its infrastructure.",
  labelNames,
  registers,
});
export const restarts = new Counter({
  name: 'booking_consumer_restarts_total',
  help: 'Times that a group had to begin reading anew.',
  labelNames,
  registers,
});

/** What a group counts is there before anything was: of a series that is born with its first event nobody sees a rise. */
export function countFromNothing(group: string): void {
  for (const outcome of OUTCOMES) eventsSettled.inc({ group, outcome }, 0);
  restarts.inc({ group }, 0);
}
