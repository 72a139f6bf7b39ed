import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { formatMoney } from '../domain/money';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes';
import type { SagaRecord } from './saga-record';

const bookingStatus = defineSearchAttributeKey(SEARCH_ATTRIBUTES.bookingStatus, SearchAttributeType.KEYWORD);

/** What a stranger sees in the Web UI. The status is set at the start and published again only when it differs. */
export class Visibility {
  private published: string = 'PENDING';

  constructor(private readonly booking: SagaRecord) {}

  /** Says where the booking stands and what it waits for; to be called when the saga is about to wait or to close. */
  show(whatNext: string): void {
    const { request, agreed, state, undo, ending } = this.booking;
    setCurrentDetails(
      [
        `**${state}** since ${new Date().toISOString()}${ending ? `: ${ending.reason.text}` : ''}`,
        '',
        whatNext,
        '',
        `- ${agreed.itemName} (${agreed.itemId}), ${agreed.stay.start} to ${agreed.stay.end}, ${formatMoney(agreed.price)}`,
        `- traveler ${request.travelerId}, owner ${request.ownerId}`,
        `- undo: ${undo}`,
      ].join('\n'),
    );
    if (state === this.published) return;
    this.published = state;
    upsertSearchAttributes([{ key: bookingStatus, value: state }]);
  }
}
