import { adminService } from './admin-service/group';
import { analyticsEngine } from './analytics-engine/group';
import { availabilityCalculator } from './availability-calculator/group';
import { billingService } from './billing-service/group';
import { bookingStatusSync } from './booking-status-sync/group';
import { carService } from './car-service/group';
import { emailNotification } from './email-notification/group';
import { flightService } from './flight-service/group';
import { hotelService } from './hotel-service/group';
import { owner } from './owner/group';
import { paymentProcessor } from './payment-processor/group';
import { rateManagement } from './rate-management/group';
import type { Group } from './runner/group';
import { userService } from './user-service/group';

/** Every group that ships with the product. A group of your own comes in here. */
export const GROUPS: readonly Group[] = [
  bookingStatusSync,
  owner,
  userService,
  adminService,
  analyticsEngine,
  emailNotification,
  flightService,
  hotelService,
  carService,
  billingService,
  availabilityCalculator,
  paymentProcessor,
  rateManagement,
];

/** A name in CONSUMER_GROUPS that no group has. */
export class UnknownGroup extends Error {
  override readonly name = 'UnknownGroup';
}

/**
 * The groups that CONSUMER_GROUPS names; all of them where it names none.
 * @throws {UnknownGroup}
 */
export function chosenGroups(names: readonly string[]): readonly Group[] {
  if (names.length === 0) return GROUPS;
  return names.map((name) => {
    const group = GROUPS.find((known) => known.name === name);
    if (!group) {
      const known = GROUPS.map((one) => one.name).join(', ');
      throw new UnknownGroup(`CONSUMER_GROUPS: there is no group "${name}"; there are ${known}`);
    }
    return group;
  });
}
