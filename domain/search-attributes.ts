/** The names under which sagas can be found in Temporal; all set at start, `bookingStatus` alone is kept current. */
export const SEARCH_ATTRIBUTES = {
  bookingStatus: 'BookingStatus',
  itemId: 'ItemId',
  ownerId: 'OwnerId',
  travelerId: 'TravelerId',
  checkIn: 'CheckIn',
} as const;
