-- What bookings have taken of cars, kept by car-service-group from the topic bookings.
CREATE SCHEMA car_service;

CREATE TABLE car_service.bookings (
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
CREATE INDEX bookings_taken ON car_service.bookings (item_id, start_date) WHERE taken;

-- Joined with the catalogue as it is now when it is read: messages do not say how many there are. What is left may be
-- below nothing, since requests count that may never be confirmed.
CREATE VIEW car_service.availability AS
  SELECT t.item_id, t.day, t.cars AS taken, t.bookings, i.capacity, i.capacity - t.cars AS left_over
  FROM (
    SELECT b.item_id, day::date AS day, sum(b.units)::integer AS cars, count(*)::integer AS bookings
    FROM car_service.bookings b
    CROSS JOIN LATERAL generate_series(b.start_date, b.end_date - 1, interval '1 day') AS day
    WHERE b.taken GROUP BY b.item_id, day::date
  ) t LEFT JOIN booking.items i ON i.id = t.item_id;
