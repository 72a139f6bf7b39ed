/** What the processes of the empty saga tell the bench. */
export type EmptyMessage =
  | { readonly is: 'ready'; readonly port?: number }
  | { readonly is: 'confirmed'; readonly bookingId: string };

export function asEmptyMessage(message: unknown): EmptyMessage {
  return message as EmptyMessage; // our own child sends nothing else
}

export function tellBench(message: EmptyMessage): void {
  process.send?.(message);
}
