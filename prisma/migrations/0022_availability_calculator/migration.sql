-- Calendar and overbooking check, kept by availability-calculator-group from reservation.*, payment.*, rate.applied and
-- availability.updated.
CREATE SCHEMA availability_calculator;

CREATE TABLE availability_calculator.bookings (
  booking_id text PRIMARY KEY,
  property_id text NOT NULL,
  confirmation_number text,
  -- The last one told by sequence, on whichever topic.
  state text NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);

-- What each booking has taken and not given back.
CREATE TABLE availability_calculator.taken_nights (
  booking_id text NOT NULL REFERENCES availability_calculator.bookings (booking_id),
  item_id text NOT NULL,
  night date NOT NULL,
  quantity integer NOT NULL,
  PRIMARY KEY (booking_id, item_id, night)
);
CREATE INDEX taken_nights_night ON availability_calculator.taken_nights (item_id, night);

CREATE TABLE availability_calculator.closed_nights (
  item_id text NOT NULL,
  night date NOT NULL,
  PRIMARY KEY (item_id, night)
);

CREATE TABLE availability_calculator.items (
  item_id text PRIMARY KEY,
  property_id text NOT NULL,
  system text NOT NULL,
  -- Null until a message has told it.
  capacity integer,
  overbooking integer,
  -- The item's version that capacity and overbooking are of.
  item_version integer,
  -- The version of the owner's last closing or opening that was taken.
  closed_version integer NOT NULL DEFAULT 0
);

-- Per item and night: units taken by bookings, those of them that are confirmed, and whether the owner closed it.
CREATE VIEW availability_calculator.calendar AS
  SELECT n.item_id, n.night, n.taken, n.confirmed, n.closed, i.capacity, i.overbooking
  FROM (
    SELECT item_id, night, sum(taken)::integer AS taken, sum(confirmed)::integer AS confirmed, bool_or(closed) AS closed
    FROM (
      SELECT t.item_id, t.night, t.quantity AS taken, false AS closed,
             CASE WHEN b.state IN ('CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT') THEN t.quantity ELSE 0 END AS confirmed
      FROM availability_calculator.taken_nights t JOIN availability_calculator.bookings b USING (booking_id)
      UNION ALL
      SELECT item_id, night, 0, true, 0 FROM availability_calculator.closed_nights
    ) parts GROUP BY item_id, night
  ) n LEFT JOIN availability_calculator.items i USING (item_id);

-- Each time that more of a night was confirmed than there is. Times are those of the facts that told it.
CREATE TABLE availability_calculator.overbookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item_id text NOT NULL,
  night date NOT NULL,
  -- The most there was while it was open.
  confirmed integer NOT NULL,
  capacity integer NOT NULL,
  -- How many above its capacity the owner allows.
  allowed integer NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3)
);
CREATE UNIQUE INDEX overbookings_open ON availability_calculator.overbookings (item_id, night) WHERE closed_at IS NULL;

-- For alerts: what is overbooked now, of nights that are not past everywhere.
CREATE VIEW availability_calculator.open_overbookings AS
  SELECT o.id, i.property_id, i.system, o.item_id, o.night, o.confirmed, o.capacity, o.allowed,
         o.confirmed > o.capacity + o.allowed AS beyond_allowed, o.opened_at
  FROM availability_calculator.overbookings o JOIN availability_calculator.items i USING (item_id)
  WHERE o.closed_at IS NULL AND o.night >= (now() AT TIME ZONE 'UTC')::date - 1;
