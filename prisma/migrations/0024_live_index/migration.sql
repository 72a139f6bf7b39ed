-- not in a transaction
-- By itself, because the log is large and every step writes to it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS booking_events_owner
  ON booking.booking_events (owner_id, place, booking_id, sequence) WHERE owner_id IS NOT NULL;
