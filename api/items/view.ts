import { z } from 'zod';
import type { CancellationPolicy } from '../../domain/cancellation';
import type { ItemId, OwnerId } from '../../domain/ids';
import type { BlockPolicy, Item } from '../../domain/item';
import { BadAmount, fromDecimal, toDecimal } from '../../domain/money';
import type { PaymentPolicy } from '../../domain/payment-policy';
import type { CalendarDate } from '../../domain/stay-dates';
import { fieldProblem } from '../http/validate';
import { fixedFields, houseFields, termFields } from './fields';

/** An item as every answer shows it, with all its terms. */
export const itemSchema = z
  .object({
    id: z.string(),
    ...fixedFields,
    ownerId: z.string(),
    ...termFields,
    departureDate: z.iso.date().nullable().meta({ description: "A flight's, local; null for all else." }),
    ...houseFields,
    version: z
      .int()
      .meta({ description: 'Rises with every change of the item, its rates and closed dates.' }),
  })
  .meta({ id: 'Item' });

/** The item in the words of the API: amounts decimal, nothing absent. What history compares and keeps. */
export interface ItemView {
  readonly id: string;
  readonly system: Item['system'];
  readonly kind: Item['kind'];
  readonly ownerId: string;
  readonly name: string;
  readonly nightlyPrice: number;
  readonly currency: string;
  readonly capacity: number;
  readonly overbooking: number;
  readonly maxGuests: number;
  readonly timeZone: string;
  readonly checkInTime: string;
  readonly checkOutTime: string;
  readonly noShowTime: string | null;
  readonly departureDate: CalendarDate | null;
  readonly instant: boolean;
  readonly decisionWindowSeconds: number;
  readonly paymentDeadlineSeconds: number;
  readonly graceSeconds: number;
  readonly minNights: number | null;
  readonly maxNights: number | null;
  readonly leadTimeHours: number;
  readonly cancellation: CancellationPolicy | null;
  readonly paymentPolicy: PaymentPolicy;
  readonly blockPolicy: BlockPolicy;
  readonly commissionBasisPoints: number;
  readonly onSale: boolean;
  readonly version: number;
}

export function itemView(item: Item): ItemView {
  const { nightlyPrice, noShowTime, departureDate, minNights, maxNights, cancellation, ...rest } = item;
  return {
    ...rest,
    nightlyPrice: toDecimal(nightlyPrice),
    currency: nightlyPrice.currency,
    noShowTime: noShowTime ?? null,
    departureDate: departureDate ?? null,
    minNights: minNights ?? null,
    maxNights: maxNights ?? null,
    cancellation: cancellation ?? null,
  };
}

/**
 * The item that a view describes.
 * @throws {Problem} `invalid-request` where the price has more digits than its currency
 */
export function itemOfView(view: ItemView): Item {
  const { currency, noShowTime, departureDate, minNights, maxNights, cancellation, ...rest } = view;
  return {
    ...rest,
    id: view.id as ItemId,
    ownerId: view.ownerId as OwnerId,
    nightlyPrice: price(view.nightlyPrice, currency),
    ...(noShowTime !== null && { noShowTime }),
    ...(departureDate !== null && { departureDate }),
    ...(minNights !== null && { minNights }),
    ...(maxNights !== null && { maxNights }),
    ...(cancellation !== null && { cancellation }),
  };
}

/** What the database's integer columns hold, minor units. */
const MAX_PRICE = 2_147_483_647;

function price(decimal: number, currency: string) {
  const refuse = (message: string) => fieldProblem('invalid-request', [{ field: 'nightlyPrice', message }]);
  try {
    const money = fromDecimal(decimal, currency);
    if (money.amount > MAX_PRICE) throw refuse(`${decimal} ${currency} is too expensive for one night`);
    return money;
  } catch (error) {
    if (error instanceof BadAmount) throw refuse(error.message);
    throw error;
  }
}

export const itemExample: ItemView = {
  id: 'PROP-001',
  system: 'stays',
  kind: 'property',
  ownerId: 'owner-1',
  name: 'Luxury Beach Villa',
  nightlyPrice: 300,
  currency: 'USD',
  capacity: 1,
  overbooking: 0,
  maxGuests: 8,
  timeZone: 'America/New_York',
  checkInTime: '15:00',
  checkOutTime: '11:00',
  noShowTime: null,
  departureDate: null,
  instant: false,
  decisionWindowSeconds: 86_400,
  paymentDeadlineSeconds: 86_400,
  graceSeconds: 900,
  minNights: null,
  maxNights: null,
  leadTimeHours: 0,
  cancellation: null,
  paymentPolicy: { kind: 'at-check-in', holdDaysBefore: 5 },
  blockPolicy: { pending: 'free' },
  commissionBasisPoints: 0,
  onSale: true,
  version: 1,
};
