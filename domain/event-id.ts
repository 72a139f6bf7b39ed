/**
 * What a listener tells a redelivery by. Follows from fact and topic alone, so that a redelivery, by whichever relay,
 * carries the same one.
 *
 * @param nth counts the messages of one fact on one topic, from 1
 */
export function eventIdOf(factId: string, topic: string, nth = 1): string {
  return nth === 1 ? `${factId}:${topic}` : `${factId}:${topic}:${nth}`;
}
