import { z } from 'zod';
import { calendarDate, guestCount, identifier, paymentToken, storable, totalPrice } from '../bookings/fields';
import { quoteIdField, ratePlanName } from '../rates/fields';
import type { ChangeWish } from './change-terms';

const roomPart = identifier.refine((text) => !text.includes(':'), 'must not hold a colon');
export const propertyId = roomPart.meta({ example: 'HOTEL-001' });
export const roomType = roomPart.meta({ example: 'STD' });

const personName = z.string().min(1).max(200).refine(storable, 'must not hold control characters');

const roomCount = z.int().min(1).max(1000);

export const reservationBody = z.object({
  propertyId,
  roomType,
  guestDetails: z
    .object({
      name: personName.optional(),
      firstName: personName.optional(),
      lastName: personName.optional(),
      email: z.email().max(320).optional(),
    })
    .default({})
    .meta({ description: 'Kept in one place, apart from the booking; erasing the guest erases it.' }),
  stayDetails: z.object({
    checkIn: calendarDate,
    checkOut: calendarDate,
    guests: guestCount.optional(),
    rooms: roomCount.optional().meta({ description: 'How many rooms of the type; absent: one.' }),
    quantity: roomCount.optional().meta({ description: 'The same in another spelling.' }),
    numberOfGuests: guestCount.optional().meta({ description: 'The same in another spelling.' }),
  }),
  ratePlan: ratePlanName,
  quoteId: quoteIdField,
  totalPrice: totalPrice.optional(),
  paymentToken: paymentToken.optional(),
});

/** Of a change: what is left out stays as it is. */
export const changeBody = z.object({
  propertyId: propertyId.optional().meta({ description: 'The one it is at already; no other can be given.' }),
  roomType: roomType.optional(),
  stayDetails: z
    .object({
      checkIn: calendarDate.optional(),
      checkOut: calendarDate.optional(),
      guests: guestCount.optional(),
      numberOfGuests: guestCount.optional().meta({ description: 'The same in another spelling.' }),
    })
    .optional(),
  ratePlan: ratePlanName,
  quoteId: quoteIdField,
  totalPrice: totalPrice.optional(),
});

export type ChangeBody = z.output<typeof changeBody>;

export function wishOf({ stayDetails = {}, ...wish }: ChangeBody): Omit<ChangeWish, 'byGuest'> {
  const { checkIn, checkOut, guests, numberOfGuests } = stayDetails;
  return { ...wish, checkIn, checkOut, guests: guests ?? numberOfGuests };
}

export type ReservationBody = z.output<typeof reservationBody>;

/** The guest's name in whichever spelling it came. */
export function guestName({ guestDetails }: ReservationBody): string | undefined {
  const { name, firstName, lastName } = guestDetails;
  return name ?? ([firstName, lastName].filter(Boolean).join(' ') || undefined);
}
