/** The search attributes every saga carries, by the name the Temporal server knows them under. */
export const SEARCH_ATTRIBUTES = {
  bookingStatus: 'BookingStatus',
  itemId: 'ItemId',
  ownerId: 'OwnerId',
  travelerId: 'TravelerId',
  checkIn: 'CheckIn',
} as const;
