-- What the consumer groups' runner keeps: which events have had their effect, and what is being worked on.
CREATE SCHEMA consumers;

-- One row per group and event, written in the transaction of the group's own writes. By the day of the event, which
-- is the same at every redelivery, so that old days can be dropped whole.
CREATE TABLE consumers.inbox (
  day date NOT NULL,
  group_id text NOT NULL,
  event_id text NOT NULL,
  handled_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (day, group_id, event_id)
) PARTITION BY RANGE (day);
-- Days without a table of their own: what was told again long after it happened, and clocks that go wrong.
CREATE TABLE consumers.inbox_other PARTITION OF consumers.inbox DEFAULT;

-- Counted when a batch is started, so that a message which ends the process each time is found.
CREATE TABLE consumers.in_hand (
  group_id text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  starts integer NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (group_id, topic, partition)
);

-- Makes a day's table, taking over what the rest already holds of that day.
CREATE FUNCTION consumers.make_inbox_day(p_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_name text := 'inbox_' || to_char(p_day, 'YYYYMMDD');
BEGIN
  IF to_regclass('consumers.' || v_name) IS NOT NULL THEN RETURN; END IF;
  LOCK TABLE consumers.inbox IN SHARE ROW EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE consumers.%I (LIKE consumers.inbox INCLUDING ALL)', v_name);
  EXECUTE format('WITH moved AS (DELETE FROM consumers.inbox_other WHERE day = %L RETURNING *)
                  INSERT INTO consumers.%I SELECT * FROM moved', p_day, v_name);
  EXECUTE format('ALTER TABLE consumers.inbox ATTACH PARTITION consumers.%I FOR VALUES FROM (%L) TO (%L)',
                 v_name, p_day, p_day + 1);
END $$;

-- Makes the tables of the days to come, and forgets what was handled more than p_kept days ago: a day's table goes
-- when its day is that old and nothing of it was handled since.
CREATE FUNCTION consumers.keep_inbox(p_kept integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_today date := (now() AT TIME ZONE 'UTC')::date;
  v_name text;
  v_used boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(4270003);
  FOR v_ahead IN -1..3 LOOP
    PERFORM consumers.make_inbox_day(v_today + v_ahead);
  END LOOP;
  FOR v_name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'consumers.inbox'::regclass AND c.relname ~ '^inbox_\d{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') < v_today - p_kept
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM consumers.%I WHERE handled_at > now() - make_interval(days => %L))',
                   v_name, p_kept) INTO v_used;
    IF NOT v_used THEN
      EXECUTE format('DROP TABLE consumers.%I', v_name);
    END IF;
  END LOOP;
  DELETE FROM consumers.inbox_other WHERE handled_at <= now() - make_interval(days => p_kept);
END $$;

SELECT consumers.keep_inbox(30);
