import { z } from 'zod';
import { visibleBooking } from '../bookings/access';
import { identifier } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { type Route, route } from '../http/route';
import { invoicePage } from '../invoices/page';
import { invoicesOf, visibleInvoice } from '../invoices/read';
import { invoiceExample, invoiceSchema } from '../invoices/schemas';
import { EVERYBODY, idParams } from './shared';

const TAG = 'invoices';
const HTML = 'text/html';

const params = z.object({
  number: identifier.meta({ description: "The invoice's number.", example: invoiceExample.number }),
});

/** Invoices and credit notes: for the traveler, the owner who issues them, and administrators. */
export function invoiceRoutes(deps: ApiDeps): Route[] {
  return [pageRoute(deps), documentRoute(deps), listRoute(deps)];
}

function pageRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: '/api/invoices/:number.html',
    tag: TAG,
    summary: 'An invoice to print, on A4',
    roles: EVERYBODY,
    params,
    answers: { 200: { description: 'The page', contentType: HTML } },
    problems: ['not-found'],
    handle: async ({ caller, params: { number } }) => ({
      status: 200,
      contentType: HTML,
      body: invoicePage(await visibleInvoice(deps.database, number, caller)),
    }),
  });
}

function documentRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: '/api/invoices/:number',
    tag: TAG,
    summary: 'An invoice or a credit note',
    roles: EVERYBODY,
    params,
    answers: { 200: { description: 'The document', schema: invoiceSchema, example: invoiceExample } },
    problems: ['not-found'],
    handle: async ({ caller, params: { number } }) => ({
      status: 200,
      body: await visibleInvoice(deps.database, number, caller),
    }),
  });
}

function listRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: '/api/bookings/:id/invoices',
    tag: TAG,
    summary: "A booking's invoices and credit notes, in the order they were issued",
    roles: EVERYBODY,
    params: idParams,
    answers: {
      200: {
        description: 'All of them',
        schema: z.object({ bookingId: z.string(), invoices: z.array(invoiceSchema) }),
        example: { bookingId: invoiceExample.bookingId, invoices: [invoiceExample] },
      },
    },
    problems: ['not-found'],
    handle: async ({ caller, params: { id } }) => {
      const booking = await visibleBooking(deps.database, id, caller);
      const invoices = await invoicesOf(deps.database, booking.id);
      return { status: 200, body: { bookingId: booking.id, invoices } };
    },
  });
}
