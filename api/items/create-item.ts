import { z } from 'zod';
import type { Item, System } from '../../domain/item';
import { itemFaults } from '../../domain/item-faults';
import { DEFAULT_PAYMENT_POLICY } from '../../domain/payment-policy';
import { Problem } from '../../domain/problems';
import type { Caller } from '../auth/caller';
import type { ApiDeps } from '../deps';
import { fieldProblem } from '../http/validate';
import { itemColumns } from './columns';
import { fixedFields, itemId, termFields } from './fields';
import { findItemById } from './find-item';
import { type ItemView, itemOfView, itemView } from './view';

const { name, nightlyPrice, currency, maxGuests, timeZone: zone, ...optional } = termFields;

/** What an owner must say of a new item, and what they may. */
export const createItemBody = z.strictObject({
  id: itemId.optional().meta({ description: 'Absent: one is made. A hotel needs `PROPERTY:ROOMTYPE`.' }),
  ...fixedFields,
  ...{ name, nightlyPrice, currency, maxGuests, timeZone: zone },
  ...z.object(optional).partial().shape,
});

export type CreateItemBody = z.output<typeof createItemBody>;

const HOUR = 3600;

const STAY_DEFAULTS = {
  capacity: 1,
  overbooking: 0,
  checkInTime: '15:00',
  checkOutTime: '11:00',
  noShowTime: null,
  departureDate: null,
  instant: false,
  decisionWindowSeconds: 24 * HOUR,
  paymentDeadlineSeconds: 24 * HOUR,
  graceSeconds: 900,
  minNights: null,
  maxNights: null,
  leadTimeHours: 0,
  cancellation: null,
  paymentPolicy: DEFAULT_PAYMENT_POLICY,
  blockPolicy: { pending: 'free' },
  onSale: true,
} as const satisfies Partial<ItemView>;

/** What an owner who says nothing else agrees to, by system. Travel is paid at once or not at all. */
const DEFAULTS = {
  stays: STAY_DEFAULTS,
  hotel: STAY_DEFAULTS,
  travel: { ...STAY_DEFAULTS, instant: true, paymentDeadlineSeconds: 600, graceSeconds: 0 },
} as const satisfies Record<System, Partial<ItemView>>;

/** What a new item costs its owner until an administrator says otherwise. */
const NO_COMMISSION = { commissionBasisPoints: 0, version: 0 };

/**
 * Puts an item of the caller's into the catalogue.
 *
 * @param fallbackId the id where the owner chose none
 * @param again whether an earlier attempt at the same request may have done it
 * @throws {Problem} `invalid-request` naming every fault, `item-exists`, or `wrong-owner` for a hotel of somebody else
 */
export async function createItem(
  { database }: ApiDeps,
  caller: Caller,
  body: CreateItemBody,
  fallbackId: string,
  again: boolean,
): Promise<Item> {
  const item = itemOfView({
    ...DEFAULTS[body.system],
    ...NO_COMMISSION,
    id: fallbackId,
    ...body,
    ownerId: caller.id,
  } as ItemView);
  const faults = itemFaults(item);
  if (faults.length > 0) throw fieldProblem('invalid-request', faults);

  const { version: _, ...details } = itemView(item);
  const [row] = await database.$queryRaw<{ refusal: 'exists' | 'property-of-another' | null }[]>`
    SELECT booking.create_item(${JSON.stringify(itemColumns(item))}::jsonb, ${caller.id},
                               ${JSON.stringify({ after: details })}::jsonb) AS refusal`;
  const existing = await findItemById(database, item.id);
  if (row?.refusal === 'property-of-another') {
    throw new Problem(
      'wrong-owner',
      `${item.id} would belong to a property of another owner. Choose another id.`,
    );
  }
  if (!existing) throw new Error(`item ${item.id} was created and is not there`);
  if (row?.refusal === 'exists' && !(again && existing.ownerId === caller.id)) {
    throw new Problem(
      'item-exists',
      `There is an item ${item.id} already. Choose another id, or change that one.`,
    );
  }
  return existing;
}
