-- bookingHistory per user, kept by user-service-group from the topic bookings. Nothing of bookingDetails: they name people.
CREATE SCHEMA user_service;

CREATE TABLE user_service.booking_history (
  booking_id text PRIMARY KEY,
  user_id text NOT NULL,
  type text NOT NULL,
  item_id text NOT NULL,
  quantity integer NOT NULL,
  total_amount_paid numeric NOT NULL,
  -- The last segment of the last event's type.
  status text NOT NULL,
  state text NOT NULL,
  reason text,
  booked_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);
CREATE INDEX booking_history_user ON user_service.booking_history (user_id, booked_at DESC);
