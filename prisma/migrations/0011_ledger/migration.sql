-- The ledger, invoices, and money after a booking's end. Definitions in words: docs/ledger.md.

-- What became of each hold. Written by the trigger below alone, in the transaction of the step that tells of it.
CREATE TABLE booking.authorizations (
  authorization_id text PRIMARY KEY,
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  currency char(3) NOT NULL,
  authorized integer NOT NULL CHECK (authorized >= 0),
  captured integer NOT NULL DEFAULT 0 CHECK (captured >= 0),
  voided integer NOT NULL DEFAULT 0 CHECK (voided >= 0),
  refunded integer NOT NULL DEFAULT 0 CHECK (refunded >= 0),
  -- Withdrawn by the provider because of a dispute that is still open, and for good where it was lost.
  disputed integer NOT NULL DEFAULT 0 CHECK (disputed >= 0),
  charged_back integer NOT NULL DEFAULT 0 CHECK (charged_back >= 0),
  held integer NOT NULL GENERATED ALWAYS AS (authorized - captured - voided) STORED,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT no_more_than_authorized CHECK (captured + voided <= authorized),
  CONSTRAINT no_more_than_captured CHECK (refunded <= captured)
);
CREATE INDEX authorizations_booking ON booking.authorizations (booking_id);

-- Double entry: what a fact moves leaves one account (negative) and enters another (positive).
CREATE TABLE booking.ledger_entries (
  fact_id text NOT NULL REFERENCES booking.booking_events (fact_id),
  line integer NOT NULL,
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  account text NOT NULL CHECK (account IN ('guest', 'clearing', 'disputed', 'owner', 'house', 'owner_owes')),
  amount integer NOT NULL CHECK (amount <> 0),
  currency char(3) NOT NULL,
  PRIMARY KEY (fact_id, line)
);
CREATE INDEX ledger_entries_booking ON booking.ledger_entries (booking_id);

-- A fact's lines are written by one statement, so the statement is where they must add up.
CREATE FUNCTION booking.require_balance() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  v_fact_id text;
BEGIN
  SELECT fact_id INTO v_fact_id FROM entered GROUP BY fact_id
  HAVING sum(amount) <> 0 OR count(DISTINCT currency) > 1 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the ledger lines of fact % do not add up to nothing', v_fact_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_balance';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER lines_balance AFTER INSERT ON booking.ledger_entries
  REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION booking.require_balance();

CREATE FUNCTION booking.refuse_edit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON booking.ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION booking.refuse_edit();

CREATE FUNCTION booking.account_balance(p_booking_id text, p_account text) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT COALESCE(sum(amount), 0)::integer FROM booking.ledger_entries
  WHERE booking_id = p_booking_id AND account = p_account
$$;

-- Writes the lines of one fact. p_lines is [[account, amount], ...]; lines of nothing are left out.
CREATE FUNCTION booking.enter(e booking.booking_events, p_lines jsonb) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO booking.ledger_entries (fact_id, line, booking_id, account, amount, currency)
  SELECT e.fact_id, row_number() OVER (ORDER BY n), e.booking_id, line->>0, (line->>1)::integer,
         e.details->'amount'->>'currency'
  FROM jsonb_array_elements(p_lines) WITH ORDINALITY AS lines (line, n)
  WHERE (line->>1)::integer <> 0
$$;

-- Where money that leaves comes from: what is held for the booking, and past that the house, to whom the owner
-- owes it from then on.
CREATE FUNCTION booking.lines_out(p_booking_id text, p_amount integer) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(
    jsonb_build_array('clearing', -held),
    jsonb_build_array('owner_owes', held - p_amount))
  FROM (SELECT least(p_amount, greatest(0, booking.account_balance(p_booking_id, 'clearing'))) AS held) h
$$;

-- Where money that comes back goes: what the owner owes for the booking is paid first.
CREATE FUNCTION booking.lines_back(p_booking_id text, p_amount integer) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(
    jsonb_build_array('owner_owes', owed),
    jsonb_build_array('clearing', p_amount - owed))
  FROM (SELECT least(p_amount, greatest(0, -booking.account_balance(p_booking_id, 'owner_owes'))) AS owed) o
$$;

-- Books one fact. Facts of earlier releases name no authorization: their bookings had but one.
CREATE FUNCTION booking.post_to_ledger(e booking.booking_events) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  d jsonb := e.details;
  v_amount integer := (d->'amount'->>'amount')::integer;
  v_currency text := d->'amount'->>'currency';
  v_id text := COALESCE(
    d->>'authorizationId',
    CASE e.type WHEN 'payment.authorized' THEN d->>'reference' END,
    (SELECT authorization_id FROM booking.bookings WHERE id = e.booking_id));
  v_unseen integer;
  v_commission integer;
BEGIN
  IF v_amount IS NULL THEN
    RETURN;
  END IF;
  IF e.type = 'payment.settled' THEN
    v_commission := COALESCE((d->'commission'->>'amount')::integer, 0);
    PERFORM booking.enter(e, booking.lines_out(e.booking_id, v_amount + v_commission)
      || jsonb_build_array(jsonb_build_array('owner', v_amount), jsonb_build_array('house', v_commission)));
    RETURN;
  END IF;
  IF v_id IS NULL THEN
    RETURN;
  END IF;

  -- Money may be told of whose hold never was: an undo settles unknown outcomes without telling them first.
  IF e.type IN ('payment.authorized', 'payment.captured') OR d->>'outcome' IN ('voided', 'refunded') THEN
    INSERT INTO booking.authorizations (authorization_id, booking_id, currency, authorized, created_at)
    VALUES (v_id, e.booking_id, v_currency, v_amount, e.at)
    ON CONFLICT (authorization_id) DO NOTHING;
  END IF;

  CASE
    WHEN e.type = 'payment.authorized' THEN
      UPDATE booking.authorizations SET authorized = greatest(authorized, v_amount) WHERE authorization_id = v_id;

    -- A refund that came back from the bank: the money is with us again, and was never taken anew.
    WHEN e.type = 'payment.captured' AND d->>'kind' = 'refund-failed' THEN
      UPDATE booking.authorizations SET refunded = refunded - v_amount WHERE authorization_id = v_id;
      PERFORM booking.enter(e, jsonb_build_array(jsonb_build_array('guest', -v_amount))
        || booking.lines_back(e.booking_id, v_amount));

    WHEN e.type = 'payment.captured' THEN
      UPDATE booking.authorizations SET
        captured = captured + v_amount,
        voided = voided + COALESCE((d->'released'->>'amount')::integer, 0)
      WHERE authorization_id = v_id;
      PERFORM booking.enter(e, jsonb_build_array(
        jsonb_build_array('guest', -v_amount), jsonb_build_array('clearing', v_amount)));

    -- What is given up is at most what is held: an undo says the whole hold, also where part of it was taken.
    WHEN e.type = 'payment.voided'
      OR e.type = 'undo.completed' AND d->>'step' = 'void-authorization'
         AND d->>'outcome' IN ('voided', 'rest-released', 'nothing-held') THEN
      UPDATE booking.authorizations SET voided = voided + least(v_amount, held) WHERE authorization_id = v_id;

    WHEN e.type = 'payment.refunded'
      OR e.type = 'undo.completed' AND d->>'step' = 'refund-payment' AND d->>'outcome' = 'refunded' THEN
      -- A capture cut short by a cancel is found out by its undo, and was never told by itself.
      SELECT CASE e.type WHEN 'undo.completed' THEN greatest(0, v_amount - (captured - refunded)) ELSE 0 END
      INTO v_unseen FROM booking.authorizations WHERE authorization_id = v_id;
      UPDATE booking.authorizations SET captured = captured + v_unseen, refunded = refunded + v_amount
      WHERE authorization_id = v_id;
      PERFORM booking.enter(e,
        jsonb_build_array(jsonb_build_array('guest', -v_unseen), jsonb_build_array('clearing', v_unseen),
                          jsonb_build_array('clearing', -v_unseen), jsonb_build_array('guest', v_amount))
        || booking.lines_out(e.booking_id, v_amount - v_unseen));

    WHEN e.type = 'payment.disputed' THEN
      UPDATE booking.authorizations SET disputed = disputed + v_amount WHERE authorization_id = v_id;
      PERFORM booking.enter(e, booking.lines_out(e.booking_id, v_amount)
        || jsonb_build_array(jsonb_build_array('disputed', v_amount)));

    WHEN e.type = 'payment.dispute-won' THEN
      UPDATE booking.authorizations SET disputed = disputed - v_amount WHERE authorization_id = v_id;
      PERFORM booking.enter(e, jsonb_build_array(jsonb_build_array('disputed', -v_amount))
        || booking.lines_back(e.booking_id, v_amount));

    WHEN e.type = 'payment.dispute-lost' THEN
      UPDATE booking.authorizations SET disputed = disputed - v_amount, charged_back = charged_back + v_amount
      WHERE authorization_id = v_id;
      PERFORM booking.enter(e, jsonb_build_array(
        jsonb_build_array('disputed', -v_amount), jsonb_build_array('guest', v_amount)));

    ELSE NULL;
  END CASE;
END $$;

-- Invoices and credit notes, numbered in one series per owner. Names of people are joined when one is read.
CREATE TABLE booking.invoices (
  number text PRIMARY KEY,
  owner_id text NOT NULL,
  serial integer NOT NULL CHECK (serial > 0),
  kind text NOT NULL CHECK (kind IN ('invoice', 'credit-note')),
  -- The invoice that a credit note corrects.
  corrects text REFERENCES booking.invoices (number),
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  -- The fact that it was issued for; null where it was issued before there was a ledger.
  fact_id text UNIQUE REFERENCES booking.booking_events (fact_id),
  traveler_id text NOT NULL,
  -- What the traveler owed by it, positive also on a credit note, which gives it back.
  amount integer NOT NULL CHECK (amount > 0),
  currency char(3) NOT NULL,
  issued_at timestamptz(3) NOT NULL,
  UNIQUE (owner_id, serial),
  CHECK ((kind = 'credit-note') = (corrects IS NOT NULL))
);
CREATE INDEX invoices_booking ON booking.invoices (booking_id);

CREATE TABLE booking.invoice_lines (
  number text NOT NULL REFERENCES booking.invoices (number),
  line integer NOT NULL,
  description text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price integer NOT NULL,
  amount integer NOT NULL,
  tax_included boolean NOT NULL DEFAULT true,
  PRIMARY KEY (number, line),
  CHECK (amount = quantity * unit_price)
);

CREATE FUNCTION booking.invoice_number(p_owner_id text, p_serial integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT 'INV-' || p_owner_id || '-' || lpad(p_serial::text, greatest(6, length(p_serial::text)), '0')
$$;

-- What the traveler still owes or has paid by a booking's invoices.
CREATE FUNCTION booking.invoiced(p_booking_id text) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT COALESCE(sum(CASE kind WHEN 'invoice' THEN amount ELSE -amount END), 0)::integer
  FROM booking.invoices WHERE booking_id = p_booking_id
$$;

-- What was sold, in words: a flight leaves on one day, a stay has two.
CREATE FUNCTION booking.sold_in_words(b booking.bookings) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT b.item_name || ', ' || to_char(b.start_date, 'YYYY-MM-DD')
    || CASE b.item_kind WHEN 'flight' THEN '' ELSE ' to ' || to_char(b.end_date, 'YYYY-MM-DD') END
$$;

-- Gives the owner's next number and writes the document. The counter's row stays locked until the step commits, so a
-- step that fails gives its number back and there are no gaps.
CREATE FUNCTION booking.issue_invoice(
  e booking.booking_events, b booking.bookings, p_kind text, p_amount integer, p_description text
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_serial integer;
  v_number text;
  v_corrects text;
  v_units integer := 1;
BEGIN
  IF p_kind = 'credit-note' THEN
    SELECT number INTO v_corrects FROM booking.invoices
    WHERE booking_id = b.id AND kind = 'invoice' ORDER BY serial DESC LIMIT 1;
  ELSIF p_amount = b.price_amount THEN
    -- Nights or seats of one price where the whole price is invoiced at once and divides evenly.
    v_units := b.quantity * (b.end_date - b.start_date);
    IF p_amount % v_units <> 0 THEN
      v_units := 1;
    END IF;
  END IF;
  INSERT INTO booking.invoice_counters AS c (owner_id, last) VALUES (b.owner_id, 1)
  ON CONFLICT (owner_id) DO UPDATE SET last = c.last + 1 RETURNING last INTO v_serial;
  v_number := booking.invoice_number(b.owner_id, v_serial);
  INSERT INTO booking.invoices
    (number, owner_id, serial, kind, corrects, booking_id, fact_id, traveler_id, amount, currency, issued_at)
  VALUES
    (v_number, b.owner_id, v_serial, p_kind, v_corrects, b.id, e.fact_id, b.traveler_id, p_amount, b.currency, e.at);
  INSERT INTO booking.invoice_lines (number, line, description, quantity, unit_price, amount)
  VALUES (v_number, 1, p_description, v_units, p_amount / v_units, p_amount);
  RETURN v_number;
END $$;

-- Issues what a fact calls for: what was taken before CONFIRMED is invoiced with the confirmation, what is taken later
-- at once, and what goes back to the traveler after that is credited.
CREATE FUNCTION booking.invoice_for(e booking.booking_events) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  d jsonb := e.details;
  b booking.bookings;
  v_amount integer := (d->'amount'->>'amount')::integer;
  v_invoiced integer := booking.invoiced(e.booking_id);
  v_sold text;
  v_number text;
BEGIN
  SELECT * INTO b FROM booking.bookings WHERE id = e.booking_id;
  v_sold := booking.sold_in_words(b);
  IF e.type = 'booking.confirmed' THEN
    -- Travel is paid in full before it is confirmed.
    v_amount := CASE b.system WHEN 'travel' THEN b.price_amount
      ELSE booking.account_balance(b.id, 'clearing') END;
    IF v_amount > 0 AND v_invoiced = 0 THEN
      v_number := booking.issue_invoice(e, b, 'invoice', v_amount,
        CASE WHEN v_amount < b.price_amount THEN 'Deposit: ' ELSE '' END || v_sold);
      UPDATE booking.billing_records SET invoice_number = v_number, invoiced_at = e.at
      WHERE booking_id = b.id AND invoice_number IS NULL;
    END IF;
  ELSIF e.type = 'payment.captured' AND e.state NOT IN ('ACCEPTED', 'PAYMENT_AUTHORIZED') THEN
    IF v_amount > 0 THEN
      PERFORM booking.issue_invoice(e, b, 'invoice', v_amount,
        CASE
          WHEN d->>'kind' = 'refund-failed' THEN 'Refund that was not received: '
          WHEN e.state = 'CANCELLED' THEN 'Cancellation fee: '
          WHEN e.state = 'NO_SHOW' THEN 'No-show fee: '
          WHEN v_invoiced > 0 THEN 'Balance: '
          WHEN v_amount < b.price_amount THEN 'Part payment: '
          ELSE ''
        END || v_sold);
    END IF;
  ELSIF e.type IN ('payment.refunded', 'payment.dispute-lost')
     OR e.type = 'undo.completed' AND d->>'step' = 'refund-payment' AND d->>'outcome' = 'refunded' THEN
    v_amount := least(v_amount, v_invoiced);
    IF v_amount > 0 THEN
      PERFORM booking.issue_invoice(e, b, 'credit-note', v_amount,
        CASE e.type WHEN 'payment.dispute-lost' THEN 'Returned by the bank: ' ELSE 'Refund: ' END || v_sold);
    END IF;
  END IF;
END $$;

CREATE FUNCTION booking.follow_with_money() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM booking.post_to_ledger(NEW);
  PERFORM booking.invoice_for(NEW);
  RETURN NULL;
END $$;
CREATE TRIGGER follow_with_money AFTER INSERT ON booking.booking_events
  FOR EACH ROW
  WHEN (NEW.type IN ('booking.confirmed', 'payment.authorized', 'payment.captured', 'payment.voided',
    'payment.refunded', 'payment.settled', 'payment.disputed', 'payment.dispute-won', 'payment.dispute-lost',
    'undo.completed'))
  EXECUTE FUNCTION booking.follow_with_money();

-- The bill keeps following its booking; its number is now its invoice's.
CREATE OR REPLACE FUNCTION booking.follow_with_bill() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  v_status text;
BEGIN
  v_status := CASE
    WHEN NEW.payment_status = 'refunded' THEN 'refunded'
    WHEN NEW.state IN ('CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT') THEN 'paid'
    WHEN NEW.state IN ('REJECTED', 'EXPIRED', 'FAILED') THEN 'failed'
    -- Called off before any money was taken; what was taken stays paid until it is given back.
    WHEN NEW.state = 'CANCELLED' AND NEW.payment_status NOT IN ('captured', 'settled', 'disputed') THEN 'failed'
  END;
  IF v_status IS NOT NULL THEN
    UPDATE booking.billing_records SET
      status = v_status,
      updated_at = NEW.updated_at
    WHERE booking_id = NEW.id AND status <> v_status;
  END IF;
  RETURN NULL;
END $$;
DROP FUNCTION booking.next_invoice_number(text);

-- What moved so far. Invoices that were issued keep their numbers; money that was taken before this release for other
-- than travel was never invoiced and is not now, under a date that would be wrong.
DO $$
DECLARE
  e booking.booking_events;
BEGIN
  FOR e IN SELECT * FROM booking.booking_events
    WHERE type LIKE 'payment.%' OR type = 'undo.completed' ORDER BY booking_id, sequence
  LOOP
    PERFORM booking.post_to_ledger(e);
  END LOOP;
END $$;
INSERT INTO booking.invoices
  (number, owner_id, serial, kind, booking_id, traveler_id, amount, currency, issued_at)
SELECT r.invoice_number, r.owner_id, substring(r.invoice_number FROM '\d+$')::integer, 'invoice', r.booking_id,
       r.traveler_id, r.amount, r.currency, r.invoiced_at
FROM booking.billing_records r WHERE r.invoice_number IS NOT NULL AND r.amount > 0;
INSERT INTO booking.invoice_lines (number, line, description, quantity, unit_price, amount)
SELECT i.number, 1, booking.sold_in_words(b), 1, i.amount, i.amount
FROM booking.invoices i JOIN booking.bookings b ON b.id = i.booking_id;
DO $$
DECLARE
  e booking.booking_events;
BEGIN
  FOR e IN SELECT v.* FROM booking.booking_events v JOIN booking.invoices i USING (booking_id)
    WHERE v.type = 'undo.completed' ORDER BY v.booking_id, v.sequence
  LOOP
    PERFORM booking.invoice_for(e);
  END LOOP;
END $$;

-- A refund or a dispute after the booking's saga has ended: one row per case, written by the workflow of the case.
CREATE TABLE booking.payment_cases (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  case_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('refund', 'provider-refund', 'refund-failed', 'dispute')),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'refused', 'won', 'lost')),
  -- [{authorizationId, amount}]: what is taken from which authorization.
  parts jsonb NOT NULL,
  amount integer NOT NULL CHECK (amount > 0),
  currency char(3) NOT NULL,
  opened_by text NOT NULL,
  -- The provider's word, where it refused.
  code text,
  created_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3),
  PRIMARY KEY (booking_id, case_id)
);

-- What can still go back from each authorization of a booking: not what other cases are about to give back.
CREATE FUNCTION booking.refundable_parts(p_booking_id text)
RETURNS TABLE (authorization_id text, refundable integer) LANGUAGE sql STABLE AS $$
  SELECT a.authorization_id, greatest(0, a.captured - a.refunded - a.disputed - a.charged_back - COALESCE((
      SELECT sum((part->>'amount')::integer) FROM booking.payment_cases c, jsonb_array_elements(c.parts) part
      WHERE c.booking_id = a.booking_id AND c.kind = 'refund' AND c.status = 'open'
        AND part->>'authorizationId' = a.authorization_id
        AND NOT EXISTS (SELECT FROM booking.booking_events v WHERE v.booking_id = a.booking_id
          AND v.type = 'payment.refunded' AND v.details->>'caseId' = c.case_id
          AND v.details->>'authorizationId' = a.authorization_id)), 0))::integer
  FROM booking.authorizations a WHERE a.booking_id = p_booking_id
  ORDER BY a.created_at DESC, a.authorization_id
$$;

-- Opens a case: sets aside what it gives back, newest authorization first, or says how much there is.
-- p: {bookingId, caseId, kind, amount?, parts?, openedBy, at}. A refund without amount is of all there is; a case the
-- provider opened comes with its parts. Answers {opened: true, parts, currency} or {refundable, currency}.
CREATE FUNCTION booking.open_payment_case(p jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  b booking.bookings;
  v_case booking.payment_cases;
  v_parts jsonb := p->'parts';
  v_refundable integer;
  v_amount integer;
BEGIN
  SELECT * INTO b FROM booking.bookings WHERE id = p->>'bookingId' FOR UPDATE;
  IF b.id IS NULL THEN
    RAISE EXCEPTION 'there is no booking %', p->>'bookingId';
  END IF;
  SELECT * INTO v_case FROM booking.payment_cases WHERE booking_id = b.id AND case_id = p->>'caseId';
  IF v_case.case_id IS NOT NULL THEN
    RETURN jsonb_build_object('opened', true, 'parts', v_case.parts, 'currency', v_case.currency);
  END IF;
  IF v_parts IS NULL THEN
    SELECT COALESCE(sum(refundable), 0) INTO v_refundable FROM booking.refundable_parts(b.id);
    v_amount := COALESCE((p->>'amount')::integer, v_refundable);
    IF v_amount < 1 OR v_amount > v_refundable THEN
      RETURN jsonb_build_object('refundable', v_refundable, 'currency', b.currency);
    END IF;
    SELECT jsonb_agg(jsonb_build_object('authorizationId', authorization_id, 'amount', taken) ORDER BY n)
    INTO v_parts FROM (
      SELECT authorization_id, n, least(refundable, greatest(0, v_amount - before)) AS taken
      FROM (SELECT r.*, row_number() OVER () AS n,
              COALESCE(sum(refundable) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::integer AS before
            FROM booking.refundable_parts(b.id) r) ordered
    ) shared WHERE taken > 0;
  END IF;
  INSERT INTO booking.payment_cases (booking_id, case_id, kind, parts, amount, currency, opened_by, created_at)
  VALUES (b.id, p->>'caseId', p->>'kind', v_parts,
    (SELECT sum((part->>'amount')::integer) FROM jsonb_array_elements(v_parts) part),
    b.currency, p->>'openedBy', (p->>'at')::timestamptz);
  RETURN jsonb_build_object('opened', true, 'parts', v_parts, 'currency', b.currency);
END $$;

CREATE FUNCTION booking.close_payment_case(p_booking_id text, p_case_id text, p_status text, p_code text, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
  UPDATE booking.payment_cases SET status = p_status, code = p_code, closed_at = p_at
  WHERE booking_id = p_booking_id AND case_id = p_case_id AND status = 'open'
$$;

-- What is left of a booking's money, as its row says it, once something went back after the end.
CREATE FUNCTION booking.payment_status_afterwards(p_booking_id text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN sum(disputed) > 0 THEN 'disputed'
    WHEN sum(captured) > 0 AND sum(captured) <= sum(refunded + charged_back) THEN 'refunded'
    WHEN booking.account_balance(p_booking_id, 'owner') > 0 THEN 'settled'
    WHEN sum(captured) > 0 THEN 'captured'
  END FROM booking.authorizations WHERE booking_id = p_booking_id
$$;

-- Commits a fact of money once no saga owns the booking's sequence any more: takes the next number itself, under the
-- booking's lock. The caller has made sure that the saga has closed, which it does once and for all.
-- p: {bookingId, caseId, part, type, actor, details, attempts, at, close?}
CREATE FUNCTION booking.commit_afterwards(p jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  b booking.bookings;
  v_fact_id text := left(encode(sha256(convert_to(
    concat_ws('/', p->>'bookingId', p->>'caseId', p->>'part', p->>'type'), 'UTF8')), 'hex'), 32);
  v_taken booking.booking_events;
BEGIN
  SELECT * INTO b FROM booking.bookings WHERE id = p->>'bookingId' FOR UPDATE;
  SELECT * INTO v_taken FROM booking.booking_events WHERE fact_id = v_fact_id;
  IF v_taken.fact_id IS NULL THEN
    INSERT INTO booking.booking_events
      (fact_id, booking_id, sequence, type, from_state, state, undo, actor, details, attempts, at)
    VALUES
      (v_fact_id, b.id, b.sequence + 1, p->>'type', b.state, b.state, b.undo, p->>'actor', p->'details',
       (p->>'attempts')::integer, (p->>'at')::timestamptz)
    RETURNING * INTO v_taken;
    INSERT INTO booking.outbox (lane, fact_id, booking_id) VALUES (b.lane, v_fact_id, b.id);
    UPDATE booking.bookings SET
      sequence = v_taken.sequence,
      payment_status = COALESCE(booking.payment_status_afterwards(b.id), payment_status),
      updated_at = (p->>'at')::timestamptz
    WHERE id = b.id;
    IF p->>'close' IS NOT NULL THEN
      PERFORM booking.close_payment_case(b.id, p->>'caseId', p->>'close', NULL, (p->>'at')::timestamptz);
    END IF;
  END IF;
  RETURN jsonb_build_object('bookingId', v_taken.booking_id, 'state', v_taken.state, 'undo', v_taken.undo,
    'sequence', v_taken.sequence);
END $$;
