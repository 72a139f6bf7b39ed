import { Counter } from 'prom-client';
import { metrics } from '../../platform/metrics';

export const mailsSettled = new Counter({
  name: 'booking_mails_total',
  help: 'Mails that were settled: sent, refused by the mail server, or without an address to go to.',
  labelNames: ['outcome'] as const,
  registers: [metrics],
});

/** So that the first one that is refused is a rise. */
export function countFromNothing(): void {
  for (const outcome of ['sent', 'refused', 'no-address'] as const) mailsSettled.inc({ outcome }, 0);
}
