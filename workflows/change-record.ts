/** What the saga knows of the changes of its booking. */
export class ChangeRecord {
  /** How often the booking was changed, and how often that was tried. */
  made = 0;
  attempts = 0;
  /** From a change's being asked for until nothing is left to be done for it. */
  isUnderWay = false;
  /** While the step runs that changes the booking. */
  isCommitting = false;
}
