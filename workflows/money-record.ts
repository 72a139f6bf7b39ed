import type { Reason } from '../domain/booking';
import { type Money, subtract } from '../domain/money';
import type { AuthorizeRequest, SaveCardRequest } from '../domain/payment';
import { dueOf, type FeeShare, heldOf, type PaymentAccount, totalOf } from '../domain/payment-account';
import type { PaymentPart } from '../domain/payment-policy';
import type { UndoEntry } from './undo-stack';

/** Money asked to be held on a traveler's card, and what is known of it. */
export interface Hold {
  readonly authorization: AuthorizeRequest;
  readonly purpose: PaymentPart['purpose'];
  /** The undo that gives the hold back. */
  readonly undo: UndoEntry;
  /** Absent while it is not known whether there is a hold. */
  authorizationId?: string;
  /** Whether the money was taken from it, so that there is nothing left to void. */
  captured: boolean;
  /** When it was taken, milliseconds since the epoch. */
  takenAt?: number;
  /** No longer needed: given back as soon as that succeeds, and not tried before this instant (milliseconds). */
  letGoFrom?: number;
}

/** One card being charged, as far as that has come. Charged again, it goes on from there under the same keys. */
export interface CardAttempt {
  /** What holds are asked for with: the card's own token, then its reference once it is saved. */
  token: string;
  /** Asked of the provider first; absent where the card is not kept, or is already. */
  saving?: SaveCardRequest;
  /** Asked for and not answered, or not confirmed yet. */
  hold?: Hold;
  /** Its cardholder has to confirm something with their bank first. */
  unconfirmed?: true;
  /** Nobody is there to confirm anything. */
  readonly offSession?: true;
}

/** Until when another card may be given, milliseconds since the epoch, and how the booking ends without one. */
export interface Grace {
  readonly until: number;
  readonly otherwise: Reason;
}

/** What the saga knows of its booking's money. */
export class MoneyRecord {
  /** The money as the booking's facts tell it. */
  account: PaymentAccount = [];
  /** The holds that were asked for and neither declined nor given back, oldest first. */
  readonly holds: Hold[] = [];
  /** How many authorizations were asked for, and how many cards saved: each has its own key. */
  rounds = 0;
  savings = 0;
  /** The provider's reference of the card that pays what falls due later. */
  card: string | undefined;
  /** The card being charged while the booking waits for its guest: put off, or to be confirmed. */
  attempt: CardAttempt | undefined;
  grace: Grace | undefined;
  /** The provider has news of a payment that was to be confirmed. */
  news = false;
  /** What the owner has let go of the price: took less than was held, or gave back. */
  waived: Money;
  /** What becomes of each authorization; set once the booking ends before its time. */
  feeShares: readonly FeeShare[] = [];

  /** @param price what stands agreed */
  constructor(private readonly price: () => Money) {
    this.waived = { ...price(), amount: 0 };
  }

  /** The hold of an authorization. */
  holdOf(id: string): Hold | undefined {
    return this.holds.find(({ authorizationId }) => authorizationId === id);
  }

  /** What is still to be taken for the stay. */
  get due(): Money {
    return dueOf(this.account, subtract(this.price(), this.waived));
  }

  /** What is held for the stay; holds that are being let go do not count. */
  get held(): Money {
    const standing = this.account.filter(
      ({ authorizationId }) => this.holdOf(authorizationId)?.letGoFrom === undefined,
    );
    return totalOf(standing, this.waived, heldOf);
  }

  /** What is due and not held; nothing where enough is. */
  get missing(): Money {
    const missing = subtract(this.due, this.held);
    return missing.amount > 0 ? missing : { ...missing, amount: 0 };
  }
}
