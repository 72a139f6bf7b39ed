import type { CancellationPolicy } from '../../domain/cancellation';
import type { ItemId, OwnerId, TravelerId } from '../../domain/ids';
import type { BlockPolicy, Item, ItemKind, System } from '../../domain/item';
import type { PaymentPolicy } from '../../domain/payment-policy';
import type { Stay } from '../../domain/stay-dates';
import type { Database } from '../../platform/database/client';
import type { Item as ItemRow } from '../../prisma/generated/client';
import type { GoneNight } from './checks';
import { dayOf } from './view';

/** An item's row, whose constraints vouch for its words, as the domain knows it. */
export function itemOf(row: ItemRow): Item {
  return {
    id: row.id as ItemId,
    system: row.system as System,
    kind: row.kind as ItemKind,
    ownerId: row.ownerId as OwnerId,
    name: row.name,
    nightlyPrice: { amount: row.nightlyAmount, currency: row.currency },
    capacity: row.capacity,
    overbooking: row.overbooking,
    maxGuests: row.maxGuests,
    timeZone: row.timeZone,
    checkInTime: row.checkInTime,
    checkOutTime: row.checkOutTime,
    ...(row.departureDate && { departureDate: dayOf(row.departureDate) }),
    instant: row.instant,
    decisionWindowSeconds: row.decisionWindowSeconds,
    paymentDeadlineSeconds: row.paymentDeadlineSeconds,
    graceSeconds: row.graceSeconds,
    ...(row.cancellationPolicy && {
      cancellation: row.cancellationPolicy as unknown as CancellationPolicy,
    }),
    ...(row.noShowTime && { noShowTime: row.noShowTime }),
    version: row.version,
    ...(row.minNights !== null && { minNights: row.minNights }),
    ...(row.maxNights !== null && { maxNights: row.maxNights }),
    leadTimeHours: row.leadTimeHours,
    blockPolicy: row.blockPolicy as unknown as BlockPolicy,
    paymentPolicy: row.paymentPolicy as unknown as PaymentPolicy,
    commissionBasisPoints: row.commissionBasisPoints,
    onSale: row.onSale,
  };
}

export async function findItem(database: Database, id: string, system: System): Promise<Item | undefined> {
  const row = await database.item.findUnique({ where: { id } });
  return row?.system === system ? itemOf(row) : undefined;
}

/** What a create must know besides the item. */
export interface Circumstances {
  /** Nights of the stay that cannot take it, in order, and why. */
  readonly gone: readonly GoneNight[];
  /** The traveler's stored payment method: a token, null for "has none", undefined where nothing is known. */
  readonly storedToken: string | null | undefined;
}

/** Reads the calendar and the stored payment method in one statement. */
export async function circumstances(
  database: Database,
  itemId: ItemId,
  stay: Stay,
  quantity: number,
  travelerId: TravelerId,
): Promise<Circumstances> {
  const [row] = await database.$queryRaw<{ gone: GoneNight[]; known: boolean; token: string | null }[]>`
    SELECT booking.unavailable_reasons(${itemId}, ${stay.start}::date, ${stay.end}::date, ${quantity}::integer) AS gone,
           m.traveler_id IS NOT NULL AS known, m.token
    FROM (SELECT 1) AS one LEFT JOIN booking.payment_methods m ON m.traveler_id = ${travelerId}`;
  return { gone: row?.gone ?? [], storedToken: row?.known ? row.token : undefined };
}

/** What a request says of the person behind it. */
export interface Person {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** Keeps name and address for mail in the one row that has them; what is not said stays as it is. */
export async function rememberPerson(database: Database, id: string, person: Person): Promise<void> {
  const { name = null, email = null } = person;
  if (name === null && email === null) return;
  await database.$executeRaw`
    INSERT INTO booking.people (id, name, email) VALUES (${id}, ${name}, ${email})
    ON CONFLICT (id) DO UPDATE SET
      name = COALESCE(EXCLUDED.name, people.name), email = COALESCE(EXCLUDED.email, people.email)
    WHERE (people.name, people.email) IS DISTINCT FROM
      (COALESCE(EXCLUDED.name, people.name), COALESCE(EXCLUDED.email, people.email))`;
}

/** Keeps the address that the token names. */
export async function rememberEmail(
  database: Database,
  id: string,
  email: string | undefined,
): Promise<void> {
  await rememberPerson(database, id, { email });
}
