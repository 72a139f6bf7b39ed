import { Counter, Gauge, Histogram } from 'prom-client';
import { metrics } from '../platform/metrics';

const registers = [metrics];

export const outboxDepth = new Gauge({
  name: 'booking_outbox_depth',
  help: 'Rows in the outbox, refused ones included.',
  registers,
});
export const outboxOldest = new Gauge({
  name: 'booking_outbox_oldest_seconds',
  help: 'Age of the oldest row that waits to be sent.',
  registers,
});
export const outboxRefused = new Gauge({
  name: 'booking_outbox_refused',
  help: 'Rows set aside because they cannot be sent; each holds back its booking, item or publication. Alert above 0.',
  registers,
});
export const commitToAck = new Histogram({
  name: 'booking_outbox_commit_to_ack_seconds',
  help: 'From the commit of a fact until Kafka acknowledged its messages.',
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
  registers,
});
export const messagesSent = new Counter({
  name: 'booking_messages_sent_total',
  help: 'Messages acknowledged by Kafka.',
  labelNames: ['topic'],
  registers,
});
export const rowsRefused = new Counter({
  name: 'booking_outbox_refusals_total',
  help: 'Rows that were set aside because they cannot be sent.',
  registers,
});
export const lanesHeld = new Gauge({
  name: 'booking_relay_lanes_held',
  help: 'Outbox lanes this process holds.',
  registers,
});
