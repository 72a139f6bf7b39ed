import type { Connection } from '@temporalio/client';

/** What a booking can be found by in the Temporal Web UI; the workflow sets exactly these. */
const SEARCH_ATTRIBUTES = {
  BookingStatus: 'Keyword',
  ItemId: 'Keyword',
  OwnerId: 'Keyword',
  TravelerId: 'Keyword',
  CheckIn: 'Datetime',
} as const;

/** temporal.api.enums.v1.IndexedValueType */
const WIRE_TYPE = { Keyword: 2, Datetime: 6 } as const;

const ALREADY_EXISTS = 6;

type Name = keyof typeof SEARCH_ATTRIBUTES;
const NAMES = Object.keys(SEARCH_ATTRIBUTES) as Name[];

/** Registers them on a server that has none of these. The time-skipping one cannot be asked which it has. */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  names: readonly Name[] = NAMES,
): Promise<void> {
  const searchAttributes = Object.fromEntries(
    names.map((name) => [name, WIRE_TYPE[SEARCH_ATTRIBUTES[name]]]),
  );
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** Flags of `temporal server start-dev` that register them at start. */
export const searchAttributeFlags: readonly string[] = Object.entries(SEARCH_ATTRIBUTES).flatMap(
  ([name, type]) => ['--search-attribute', `${name}=${type}`],
);

/** Registers on any server those that are missing; those that exist stay as they are. */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = NAMES.filter((name) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return;
  try {
    await registerSearchAttributes(connection, namespace, missing);
  } catch (error) {
    // Another process was faster.
    if ((error as { code?: number }).code !== ALREADY_EXISTS) throw error;
  }
}
