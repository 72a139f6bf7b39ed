-- The traveler's view of status, kept by booking-status-sync-group from booking-updates.
CREATE SCHEMA booking_status;

CREATE TABLE booking_status.bookings (
  booking_id text PRIMARY KEY,
  traveler_id text NOT NULL,
  owner_id text NOT NULL,
  -- The stays word, and the exact state behind it.
  status text NOT NULL,
  state text NOT NULL,
  reason text,
  updated_by text NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);
CREATE INDEX bookings_traveler ON booking_status.bookings (traveler_id, updated_at DESC);
