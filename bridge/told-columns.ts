/** What is selected of facts `o`, beside `o`'s own columns: all that the dialects tell. See {@link TOLD_JOINS}. */
export const TOLD_COLUMNS = `
  CASE WHEN e.fact_id IS NOT NULL THEN json_build_object(
    'sequence', e.sequence, 'type', e.type, 'from_state', e.from_state, 'state', e.state, 'undo', e.undo,
    'actor', e.actor, 'reason_code', e.reason_code, 'reason', e.reason, 'details', e.details,
    'attempts', e.attempts,
    'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END AS fact,
  CASE WHEN b.id IS NOT NULL THEN json_build_object(
    'system', b.system, 'item_id', b.item_id, 'item_kind', b.item_kind, 'item_name', b.item_name, 'owner_id', b.owner_id,
    'traveler_id', b.traveler_id, 'start_date', b.start_date, 'end_date', b.end_date, 'guests', b.guests,
    'quantity', b.quantity, 'price_amount', b.price_amount, 'currency', b.currency,
    'confirmation_number', b.confirmation_number, 'rate_plan', b.rate_plan) END AS booking,
  former.agreement AS former,
  CASE WHEN e.type IN ('booking.confirmed', 'booking.modified') THEN (
    SELECT q.items FROM booking.quotes q WHERE q.id = CASE WHEN former.agreement IS NULL THEN b.quote_id
      ELSE former.agreement->'rate'->>'quoteId' END) END AS quote,
  CASE WHEN e.type = 'booking.confirmed' THEN (
    SELECT v.number FROM booking.invoices v WHERE v.fact_id = e.fact_id AND v.kind = 'invoice') END AS invoice_number,
  CASE WHEN e.type IN ('inventory.blocked', 'inventory.released', 'booking.modified', 'undo.completed') THEN (
    SELECT json_object_agg(s.id, json_build_object(
      'capacity', s.capacity, 'overbooking', s.overbooking, 'itemVersion', s.version))
    FROM booking.items s
    WHERE s.id IN (b.item_id, former.agreement->>'itemId', e.details->'from'->>'itemId')) END AS places,
  CASE WHEN e.from_state <> e.state OR e.type = 'booking.modified'
    THEN json_build_object('name', p.name, 'email', p.email) END AS guest,
  CASE WHEN e.from_state <> e.state THEN d.details END AS details,
  CASE WHEN f.fact_id IS NOT NULL THEN json_build_object(
    'version', f.version, 'type', f.type, 'actor_id', f.actor_id, 'details', f.details,
    'at', to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END AS item_fact,
  CASE WHEN i.id IS NOT NULL THEN json_build_object(
    'system', i.system, 'kind', i.kind, 'name', i.name, 'owner_id', i.owner_id,
    'places', json_build_object(
      'capacity', i.capacity, 'overbooking', i.overbooking, 'itemVersion', i.version)) END AS item,
  CASE WHEN u.fact_id IS NOT NULL THEN json_build_object(
    'publisher', u.publisher, 'topic', u.topic, 'key', u.key, 'message', u.message::text,
    'at', to_char(u.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END AS published`;

/** Joins facts `o (fact_id, booking_id, item_id, publication)` with all that is told of them. */
export const TOLD_JOINS = `
  LEFT JOIN booking.booking_events e ON e.fact_id = o.fact_id
  LEFT JOIN booking.bookings b ON b.id = o.booking_id
  -- A fact that waited here while its booking was changed is told as things stood then: the first change after it
  -- says what it replaced.
  LEFT JOIN LATERAL (
    SELECT c.details->'from' AS agreement FROM booking.booking_events c
    WHERE c.booking_id = o.booking_id AND c.type = 'booking.modified' AND c.sequence > e.sequence
    ORDER BY c.sequence LIMIT 1
  ) former ON true
  LEFT JOIN booking.people p ON p.id = b.traveler_id
  LEFT JOIN booking.booking_details d ON d.booking_id = o.booking_id
  LEFT JOIN booking.item_events f ON f.fact_id = o.fact_id AND o.item_id IS NOT NULL
  LEFT JOIN booking.items i ON i.id = o.item_id
  LEFT JOIN booking.publications u ON u.fact_id = o.fact_id AND o.publication IS NOT NULL`;
