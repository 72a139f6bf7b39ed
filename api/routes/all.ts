import type { ApiDeps } from '../deps';
import type { Route } from '../http/route';
import { adminRoutes } from './admin';
import { analyticsRoutes } from './analytics';
import { availabilityRoutes } from './availability';
import { billingRoutes } from './billing';
import { bookingRoutes } from './bookings';
import { devMailRoutes } from './dev-mails';
import { developmentRoutes } from './development';
import { invoiceRoutes } from './invoices';
import { itemManagementRoutes } from './item-management';
import { itemRoutes } from './items';
import { liveRoutes } from './live';
import { messageRoutes } from './messages';
import { operationsRoutes } from './operations';
import { ownersRoutes } from './owners';
import { paymentRoutes } from './payments';
import { problemRoutes } from './problems';
import { rateRoutes } from './rates';
import { reservationChangeRoutes } from './reservation-changes';
import { reservationRoutes } from './reservations';
import { staysRoutes } from './stays';
import { travelersRoutes } from './travelers';
import { userRoutes } from './users';
import { webhookRoutes } from './webhooks';

/** Every route of the API. What is not in this list does not exist, nor is it documented. */
export function allRoutes(deps: ApiDeps): Route[] {
  return [
    ...staysRoutes(deps),
    ...travelersRoutes(deps),
    ...ownersRoutes(deps),
    ...billingRoutes(deps),
    ...userRoutes(deps),
    ...bookingRoutes(deps),
    ...liveRoutes(deps),
    ...adminRoutes(deps),
    ...reservationRoutes(deps),
    ...reservationChangeRoutes(deps),
    ...paymentRoutes(deps),
    ...invoiceRoutes(deps),
    ...availabilityRoutes(deps),
    ...rateRoutes(deps),
    ...itemRoutes(deps),
    ...itemManagementRoutes(deps),
    ...analyticsRoutes(deps),
    ...webhookRoutes(deps),
    ...developmentRoutes(deps),
    ...devMailRoutes(deps),
    ...operationsRoutes(deps),
    ...messageRoutes(deps),
    ...problemRoutes(),
  ];
}
