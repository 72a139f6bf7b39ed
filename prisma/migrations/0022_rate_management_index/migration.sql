-- not in a transaction
-- What reviews have told is read from the facts themselves: no view that is rebuilt can lose it and tell it again.
CREATE INDEX CONCURRENTLY IF NOT EXISTS item_events_reviews ON booking.item_events (item_id, version)
  WHERE type = 'rate.updated' AND actor_id = 'rate-management-group';
