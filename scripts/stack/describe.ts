import type { Stack } from './bring-up';
import type { Resolved } from './resolve-service';

const ORIGIN = {
  given: 'as set in the environment',
  found: 'was already up',
  started: 'started',
} as const;

type Row = readonly [name: string, value: string];

/** The services of a stack, as rows for the terminal. */
export function describeStack({ services, environment, settings }: Stack): Row[] {
  return [
    ['Postgres', placeOf(services.postgres)],
    ['Kafka', placeOf(services.kafka)],
    ['Temporal', placeOf(services.temporal)],
    ['Temporal Web UI', environment.TEMPORAL_UI_URL ?? 'none known (TEMPORAL_UI_URL)'],
    ['Data and logs', settings.data],
  ];
}

function placeOf(service: Resolved): string {
  if (service.origin === 'none') return 'none; the product runs without it';
  // Our own password is in the documentation; somebody else's stays off the screen.
  const address = service.origin === 'given' ? service.address.replace(/:[^:@/]+@/, ':…@') : service.address;
  return `${address}  (${ORIGIN[service.origin]})`;
}

/** Two columns, aligned. */
export function formatTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}
