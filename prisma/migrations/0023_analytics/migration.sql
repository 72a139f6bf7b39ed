-- What analytics-engine-group counts, from the topics alone. What the figures made of it mean: docs/analytics.md.
CREATE SCHEMA analytics;

-- One row per booking. Its messages come on several topics, in no order between them; so each part of it comes from the
-- message with the highest sequence that told that part, and the result is the same whichever came first.
CREATE TABLE analytics.bookings (
  booking_id text PRIMARY KEY,
  -- Null until a message has named it: booking-updates never does.
  item_id text,
  confirmation_number text,
  start_date date,
  end_date date,
  quantity integer,
  -- Minor units; all of the stay and all places of it.
  amount bigint,
  currency char(3),
  state text,
  opened_at timestamptz(3),
  confirmed_at timestamptz(3),
  -- When it ended other than by check-out.
  ended_at timestamptz(3),
  -- The first night given back by a guest who left early.
  left_on date,
  -- The sequence of the message that told each part.
  state_told integer NOT NULL DEFAULT 0,
  item_told integer NOT NULL DEFAULT 0,
  stay_told integer NOT NULL DEFAULT 0,
  price_told integer NOT NULL DEFAULT 0,
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX bookings_nights ON analytics.bookings (end_date, start_date) WHERE confirmed_at IS NOT NULL;
CREATE INDEX bookings_item ON analytics.bookings (item_id, start_date);
CREATE INDEX bookings_opened ON analytics.bookings (opened_at);
CREATE INDEX bookings_confirmed ON analytics.bookings (confirmed_at);
CREATE INDEX bookings_ended ON analytics.bookings (ended_at);

-- One row per counted fact, in however many messages it was told.
CREATE TABLE analytics.changes (
  fact_id text PRIMARY KEY,
  booking_id text NOT NULL,
  change text NOT NULL,
  state text NOT NULL,
  sequence integer NOT NULL,
  at timestamptz(3) NOT NULL,
  -- Whether it was published; it waits until the booking's item is known.
  told boolean NOT NULL DEFAULT false
);
CREATE INDEX changes_at ON analytics.changes (at);
CREATE INDEX changes_untold ON analytics.changes (booking_id) WHERE NOT told;

-- One row per fact that moved money or tried to. A fact may take one amount and give another back.
CREATE TABLE analytics.payments (
  fact_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('authorized', 'declined', 'captured', 'refunded')),
  booking_id text NOT NULL,
  amount bigint NOT NULL,
  currency char(3) NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (fact_id, kind)
);
CREATE INDEX payments_at ON analytics.payments (at, kind);

-- What was and is out of the ordinary. Not made from the topics alone, so a rebuild of the view leaves it.
CREATE TABLE analytics.alerts (
  id text PRIMARY KEY,
  kind text NOT NULL,
  -- An item, an owner or a consumer group.
  subject text NOT NULL,
  item_id text,
  -- Whose business it is; null: the operators'.
  owner_id text,
  text text NOT NULL,
  observed jsonb NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3)
);
CREATE UNIQUE INDEX one_open_alert ON analytics.alerts (kind, subject) WHERE closed_at IS NULL;
CREATE INDEX alerts_opened ON analytics.alerts (opened_at);

-- How far each member of a consumer group is behind, as it saw itself last.
CREATE TABLE consumers.lags (
  group_id text NOT NULL,
  member text NOT NULL,
  messages bigint NOT NULL,
  seconds double precision NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (group_id, member)
);
