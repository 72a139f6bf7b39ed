import { GROUPS } from '../consumers/groups';
import type { Group } from '../consumers/runner/group';
import { UsageError } from './kafka-command';

/**
 * The group that a call names, with or without CONSUMER_GROUP_PREFIX.
 * @throws {UsageError} naming those that there are
 */
export function groupArgument(name: string, prefix: string, groups: readonly Group[] = GROUPS): Group {
  const group = groups.find((known) => known.name === name || prefix + known.name === name);
  if (group) return group;
  throw new UsageError(`There is no group "${name}". There are ${groups.map((one) => one.name).join(', ')}.`);
}
