-- Tools to live with listeners: what was done about dead letters, and facts that are told again on one topic.

-- Kafka cannot delete a single record, so which dead letters have been dealt with is remembered here. With the time at
-- which the broker got it: a topic that was deleted and made anew counts its offsets from the start.
CREATE TABLE consumers.dead_letters_settled (
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  parked_at timestamptz(3) NOT NULL,
  group_id text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('replayed', 'dropped')),
  -- What came of the replay, or why it was dropped.
  note text NOT NULL,
  settled_by text NOT NULL,
  settled_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition, "offset", parked_at)
);

-- Null: the fact is told on all its topics. A topic: it was told before, and is told again on this one alone.
ALTER TABLE booking.outbox ADD COLUMN only_topic text;
