-- Rate usage, and what prices are reviewed by, kept by rate-management-group from rate.applied, reservation.*, payment.*
-- and availability.updated.
CREATE SCHEMA rate_management;

CREATE TABLE rate_management.bookings (
  booking_id text PRIMARY KEY,
  property_id text NOT NULL,
  confirmation_number text,
  -- The last one told by sequence, on whichever topic.
  state text NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);

-- What each booking has taken and not given back: the occupancy that a review goes by.
CREATE TABLE rate_management.taken_nights (
  booking_id text NOT NULL REFERENCES rate_management.bookings (booking_id),
  item_id text NOT NULL,
  night date NOT NULL,
  quantity integer NOT NULL,
  PRIMARY KEY (booking_id, item_id, night)
);
CREATE INDEX taken_nights_night ON rate_management.taken_nights (item_id, night);

-- One row each time that a rate was applied, however often it was told.
CREATE TABLE rate_management.applied (
  fact_id text PRIMARY KEY,
  booking_id text NOT NULL REFERENCES rate_management.bookings (booking_id),
  item_id text NOT NULL,
  plan text NOT NULL,
  -- Units times nights.
  nights integer NOT NULL,
  -- The booking's price, minor units.
  revenue bigint NOT NULL,
  currency char(3) NOT NULL,
  sequence integer NOT NULL,
  at timestamptz(3) NOT NULL
);
CREATE INDEX applied_booking ON rate_management.applied (booking_id, sequence);
CREATE INDEX applied_item ON rate_management.applied (item_id, plan);

-- By rate plan: how often it was applied, to how many bookings; nights and revenue (minor units) of those that were not
-- called off, by the rate that was last applied to each. The definitions of GET /api/rates.
CREATE VIEW rate_management.usage AS
  SELECT item_id, plan, currency, count(*)::integer AS applied, count(DISTINCT booking_id)::integer AS bookings,
         COALESCE(sum(nights) FILTER (WHERE stands), 0)::integer AS nights,
         COALESCE(sum(revenue) FILTER (WHERE stands), 0)::bigint AS revenue
  FROM (
    SELECT a.*, b.state IN ('CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT')
      AND a.sequence = max(a.sequence) OVER (PARTITION BY a.booking_id) AS stands
    FROM rate_management.applied a JOIN rate_management.bookings b USING (booking_id)
  ) one GROUP BY item_id, plan, currency;

-- The price of each night that a review told last, by plan, and for which version of it; minor units. Written with the
-- review. No part of the view that is made anew: it would be told again.
CREATE TABLE rate_management.told_prices (
  item_id text NOT NULL,
  plan text NOT NULL,
  night date NOT NULL,
  plan_version integer NOT NULL,
  price bigint NOT NULL,
  PRIMARY KEY (item_id, plan, night)
);
