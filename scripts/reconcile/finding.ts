/** Something that two records of the same thing do not agree on. */
export interface Finding {
  readonly check: string;
  /** The booking, night or row that it is about. */
  readonly about: string;
  /** What was found, and what to do about it. */
  readonly text: string;
  /** Mends it; only where that is safe whoever is right. */
  readonly repair?: () => Promise<void>;
}

export interface Check {
  readonly name: string;
  /** What must hold. */
  readonly rule: string;
  readonly find: () => Promise<Finding[]>;
}
