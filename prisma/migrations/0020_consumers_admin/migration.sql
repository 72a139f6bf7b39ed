-- Revenue, counts and event log, kept by admin-service-group from the topic bookings.
CREATE SCHEMA admin_service;

-- One row per fact, however often and in however many messages it was told.
CREATE TABLE admin_service.events (
  fact_id text PRIMARY KEY,
  booking_id text NOT NULL,
  event_type text NOT NULL,
  state text NOT NULL,
  sequence integer NOT NULL,
  reason text,
  at timestamptz(3) NOT NULL
);
CREATE INDEX events_booking ON admin_service.events (booking_id, sequence);
CREATE INDEX events_at ON admin_service.events (at);

CREATE TABLE admin_service.bookings (
  booking_id text PRIMARY KEY,
  type text NOT NULL,
  item_id text NOT NULL,
  status text NOT NULL,
  amount numeric NOT NULL,
  -- Null where it was told by a version that did not name it.
  currency char(3),
  booked_at timestamptz(3) NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);

CREATE VIEW admin_service.counts AS
  SELECT type, status, count(*)::integer AS bookings FROM admin_service.bookings GROUP BY type, status;

-- By the day the booking was made, UTC. What was cancelled has been paid back and is no revenue.
CREATE VIEW admin_service.revenue AS
  SELECT (booked_at AT TIME ZONE 'UTC')::date AS day, type, currency, sum(amount) AS amount, count(*)::integer AS bookings
  FROM admin_service.bookings WHERE status = 'confirmed' GROUP BY 1, 2, 3;
