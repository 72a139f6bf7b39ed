import { z } from 'zod';
import { type BookingView, bookingSchema } from '../bookings/schemas';

/** The envelope that a family of routes puts its bookings in. */
export interface Spelling {
  readonly tag: string;
  one(booking: z.ZodType): z.ZodType;
  answer(message: string, booking: BookingView): unknown;
}

/** `{message, booking}` */
export const plain = (tag: string): Spelling => ({
  tag,
  one: (booking) => z.object({ message: z.string(), booking }),
  answer: (message, booking) => ({ message, booking }),
});

/** `{success, message, data}` */
export const successData = (tag: string): Spelling => ({
  tag,
  one: (booking) => z.object({ success: z.literal(true), message: z.string(), data: booking }),
  answer: (message, booking) => ({ success: true, message, data: booking }),
});

/** A page of bookings in the `success` envelope. */
export const successPage = z.object({
  success: z.literal(true),
  data: z.array(bookingSchema),
  nextCursor: z.string().nullable(),
});
