/** What a saga may have to undo. The word in events, in the operator's routes and in the Web UI. */
export const UNDO_STEPS = ['void-authorization', 'refund-payment', 'release-nights'] as const;
export type UndoStep = (typeof UNDO_STEPS)[number];

/** After this many failures an undo waits for an operator, while it goes on being tried. */
export const UNDO_ATTEMPTS = 8;
/** How often an undo that waits for an operator is tried again by itself, in milliseconds. */
export const UNDO_RETRY_MS = 600_000;
