import type { CaptureRequest } from '../activities/payments';
import type { Actor, Reason } from '../domain/booking';
import { type Money, subtract } from '../domain/money';
import type { AuthorizeRequest, SaveCardRequest } from '../domain/payment';
import {
  type AccountPart,
  captureParts,
  dueOf,
  type FeeShare,
  heldOf,
  keptOf,
  moved,
  type PaymentAccount,
  totalOf,
} from '../domain/payment-account';
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
  /** What is being taken of it, and the undo of that; the outcome may not be known yet. */
  taking?: { readonly request: CaptureRequest; readonly undo: UndoEntry };
  /** No longer needed: given back as soon as that succeeds, and not tried before this instant (milliseconds). */
  letGoFrom?: number;
}

/** What the owner wants taken before the stay begins, in place of what is due. */
export interface CaptureOrdered {
  readonly by: Exclude<Actor, 'TRAVELER'>;
  readonly amount: Money;
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
  /** What it would pay is paid or held already: where it is declined, the booking's payment stands as it does. */
  standsBy?: true;
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
  /** How many authorizations were asked for, cards saved, prices adjusted: each has its own keys. */
  rounds = 0;
  savings = 0;
  adjustments = 0;
  /** The provider's reference of the card that pays what falls due later. */
  card: string | undefined;
  /** The card being charged while the booking waits for its guest: put off, or to be confirmed. */
  attempt: CardAttempt | undefined;
  grace: Grace | undefined;
  /** The provider has news of a payment that was to be confirmed. */
  news = false;
  /** What the owner has let go of the price: took less than was held, or gave back. */
  waived: Money;
  /** Refunds that were decided and are not on record yet. */
  readonly refunding: AccountPart[] = [];
  captureOrder: CaptureOrdered | undefined;
  /** What the owner gets is worked out: from here on nothing is given back by this saga. */
  isSettled = false;
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

  /** The account as it will be once every refund under way is on record. */
  get expected(): PaymentAccount {
    return this.refunding.reduce<PaymentAccount>(
      (account, part) => moved(account, { kind: 'refunded', ...part }),
      this.account,
    );
  }

  /** What was taken and is not given back. */
  get kept(): Money {
    return totalOf(this.expected, this.waived, keptOf);
  }

  /** What is still to be taken for the stay. */
  get due(): Money {
    return this.dueFor(this.price());
  }

  dueFor(price: Money): Money {
    return dueOf(this.expected, subtract(price, this.waived));
  }

  /** The holds that stand for what is due. */
  get standing(): Hold[] {
    return this.holds.filter(
      ({ authorizationId, captured, letGoFrom }) =>
        authorizationId !== undefined && !captured && letGoFrom === undefined,
    );
  }

  /** What is held for the stay; holds that are being let go do not count. */
  get held(): Money {
    return totalOf(this.standingAccount, this.waived, heldOf);
  }

  /** Which holds `amount` is taken from. */
  captureParts(amount: Money): AccountPart[] {
    return captureParts(this.standingAccount, amount);
  }

  private get standingAccount(): PaymentAccount {
    return this.account.filter(
      ({ authorizationId }) => this.holdOf(authorizationId)?.letGoFrom === undefined,
    );
  }

  /** What is due and not held; nothing where enough is. */
  get missing(): Money {
    const missing = subtract(this.due, this.held);
    return missing.amount > 0 ? missing : { ...missing, amount: 0 };
  }
}
