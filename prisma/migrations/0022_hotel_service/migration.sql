-- What bookings have taken of hotels, kept by hotel-service-group from the topic bookings.
CREATE SCHEMA hotel_service;

CREATE TABLE hotel_service.bookings (
  booking_id text PRIMARY KEY,
  item_id text NOT NULL,
  units integer NOT NULL,
  -- [start_date, end_date). Null where it was told by a version that did not name them.
  start_date date,
  end_date date,
  -- From created on, until cancelled or failed.
  taken boolean NOT NULL,
  -- The last segment of the last event's type.
  status text NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);
CREATE INDEX bookings_taken ON hotel_service.bookings (item_id, start_date) WHERE taken;

-- Joined with the catalogue as it is now when it is read: messages do not say how many there are. What is left may be
-- below nothing, since requests count that may never be confirmed.
CREATE VIEW hotel_service.availability AS
  SELECT t.item_id, t.night, t.rooms AS taken, t.bookings, i.capacity, i.capacity - t.rooms AS left_over
  FROM (
    SELECT b.item_id, day::date AS night, sum(b.units)::integer AS rooms, count(*)::integer AS bookings
    FROM hotel_service.bookings b
    CROSS JOIN LATERAL generate_series(b.start_date, b.end_date - 1, interval '1 day') AS day
    WHERE b.taken GROUP BY b.item_id, day::date
  ) t LEFT JOIN booking.items i ON i.id = t.item_id;
