-- What consumer groups publish: a message stands as its group wrote it, in the transaction of what it is told about.

-- A log of what was told, kept as the event log is: while a row is here, its event is never told a second time.
CREATE TABLE booking.publications (
  fact_id text PRIMARY KEY,
  -- The group, and what it calls the event; the fact's id follows from both.
  publisher text NOT NULL,
  event text NOT NULL,
  -- A topic by its word in domain/topics.ts: what it is called is the environment's.
  topic text NOT NULL,
  key text NOT NULL,
  -- Not jsonb: it is sent as it was written, its fields in their order.
  message json NOT NULL,
  lane integer NOT NULL,
  at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX publications_topic ON booking.publications (topic, key, at);

-- Topic and key of a publication: what is told in order, and what a refused one holds back. The outbox is read through
-- under the lock, which takes no time: it is a queue, and all but empty.
ALTER TABLE booking.outbox
  ADD COLUMN publication text,
  DROP CONSTRAINT outbox_about_one_thing,
  ADD CONSTRAINT outbox_about_one_thing CHECK (num_nonnulls(booking_id, item_id, publication) = 1);
CREATE INDEX outbox_refused_publications ON booking.outbox (publication) WHERE refused_at IS NOT NULL;

-- Writes a publication and its outbox row, once: the same fact again changes nothing and answers false. Its lane is that
-- of everything told under its key.
CREATE FUNCTION booking.publish(
  p_fact_id text, p_publisher text, p_event text, p_topic text, p_key text, p_message json, p_at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_lane integer := abs(hashtext(p_key) % 16);
BEGIN
  INSERT INTO booking.publications (fact_id, publisher, event, topic, key, message, lane, at)
  VALUES (p_fact_id, p_publisher, p_event, p_topic, p_key, p_message, v_lane, p_at)
  ON CONFLICT (fact_id) DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO booking.outbox (lane, fact_id, publication) VALUES (v_lane, p_fact_id, p_topic || '/' || p_key);
  RETURN true;
END $$;
