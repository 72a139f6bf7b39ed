import { adminService } from './admin-service/group';
import { analyticsEngine } from './analytics-engine/group';
import { bookingStatusSync } from './booking-status-sync/group';
import { emailNotification } from './email-notification/group';
import { owner } from './owner/group';
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
