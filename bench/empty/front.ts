import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import express from 'express';
import type { BookingRequest } from '../../domain/booking';
import { type BookingId, type ItemId, mintBookingId, type OwnerId, type TravelerId } from '../../domain/ids';
import type { Money } from '../../domain/money';
import { paymentPlan } from '../../domain/payment-policy';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import type { CalendarDate } from '../../domain/stay-dates';
import { acceptUpdate, BOOKING_SAGA, openUpdate, workflowIdOf } from '../../workflows/messages';
import { HELD_AT_ONCE, ITEMS } from '../stays';
import type { EmptyOrder, StepKinds } from './settings';

const OWNER = 'bench-owner' as OwnerId;
const PRICE: Money = { amount: 90_000, currency: 'USD' };
const TRAVELER = 'bench-traveler' as TravelerId;
const { KEYWORD, DATETIME } = SearchAttributeType;

interface CreateBody {
  readonly propertyId: ItemId;
  readonly startDate: CalendarDate;
  readonly endDate: CalendarDate;
}

/**
 * The thinnest API that could stand before a saga: no token, no checks, no database. It takes what the product's API
 * takes, so that the same driver drives both and what HTTP costs is in both figures.
 */
export function startFront(client: Client, order: EmptyOrder): Promise<number> {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());
  app.post('/api/bookings', async (request, response) => {
    const booking = bookingRequest(request.body as CreateBody);
    await client.workflow.executeUpdateWithStart(openUpdate, {
      updateId: 'open',
      startWorkflowOperation: startOperation(booking, order),
    });
    response.status(201).json({ message: 'Booking created', booking: { ...booking, id: booking.bookingId } });
  });
  app.put('/api/bookings/:id/accept', async (request, response) => {
    const handle = client.workflow.getHandle(workflowIdOf(request.params.id as BookingId));
    const booking = await handle.executeUpdate(acceptUpdate, {
      args: [{ by: { role: 'OWNER', id: OWNER } }],
      updateId: randomUUID(),
    });
    response.json({ message: 'Booking accepted', booking });
  });
  return new Promise((resolve, reject) => {
    const server = app.listen(0, '127.0.0.1', (error) => {
      if (error) reject(error);
      else resolve((server.address() as AddressInfo).port);
    });
  });
}

function startOperation(booking: BookingRequest, order: EmptyOrder) {
  const { bookingId, itemId, ownerId, travelerId, stay, terms } = booking;
  type Saga = (request: BookingRequest, kinds: StepKinds) => Promise<unknown>;
  return new WithStartWorkflowOperation<Saga>(order.saga === 'empty' ? 'emptySaga' : BOOKING_SAGA, {
    workflowId: workflowIdOf(bookingId),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: order.taskQueue,
    args: [booking, order.kinds],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.bookingStatus, KEYWORD), value: 'PENDING' },
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.itemId, KEYWORD), value: itemId },
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.ownerId, KEYWORD), value: ownerId },
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.travelerId, KEYWORD), value: travelerId },
      {
        key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.checkIn, DATETIME),
        value: new Date(terms.checkInAt),
      },
    ],
    staticSummary: `${itemId} ${stay.start} → ${stay.end} for ${travelerId}`,
    staticDetails: `**${booking.itemName}** (${itemId}) of ${ownerId}\n\n${stay.start} to ${stay.end}`,
  });
}

/** A request as the product's API would have made it. */
function bookingRequest({ propertyId, startDate, endDate }: CreateBody): BookingRequest {
  return {
    bookingId: mintBookingId(Date.now(), randomBytes(10)),
    system: 'stays',
    itemId: propertyId,
    itemName: 'Luxury Beach Villa',
    ownerId: OWNER,
    travelerId: TRAVELER,
    stay: { start: startDate, end: endDate },
    guests: 2,
    quantity: 1,
    price: PRICE,
    rate: { plan: 'STANDARD' },
    paymentToken: 'tok_approved',
    terms: {
      instant: ITEMS.instant.includes(propertyId),
      decisionWindowSeconds: 86_400,
      paymentDeadlineSeconds: 86_400,
      graceSeconds: 900,
      checkInAt: `${startDate}T20:00:00.000Z`,
      checkOutAt: `${endDate}T16:00:00.000Z`,
      payment: paymentPlan(HELD_AT_ONCE, PRICE, startDate, (day) => `${day}T04:00:00.000Z`),
    },
  };
}
