-- Mails about bookings, written by email-notification-group from booking-requests and booking-updates. Nothing here
-- names people but the development mailbox: ids are kept, and address and name are joined when a mail is sent.
CREATE SCHEMA email_notification;

-- What happened before there was anybody to mail about it is mailed to nobody: a new group reads seven days of topics.
CREATE TABLE email_notification.begun (at timestamptz(3) NOT NULL);
INSERT INTO email_notification.begun VALUES (now());

-- The last word that was told of each booking.
CREATE TABLE email_notification.bookings (
  booking_id text PRIMARY KEY,
  word text NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);

-- One mail for each word of a booking and each recipient: the key is what keeps a word from being mailed twice.
CREATE TABLE email_notification.mails (
  booking_id text NOT NULL,
  word text NOT NULL,
  recipient text NOT NULL CHECK (recipient IN ('traveler', 'owner')),
  recipient_id text NOT NULL,
  kind text NOT NULL,
  -- The event that called for it.
  event_id text NOT NULL,
  -- What the templates say of the booking.
  facts jsonb NOT NULL,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'refused', 'no-address')),
  -- Why the mail server refused it, or put it off last.
  refusal text,
  -- Since when the mail server has put it off, which says when to give up.
  deferred_since timestamptz(3),
  -- Null: it is sent with its event. A time: its event is done with, and it is taken up by itself from then on.
  next_try_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  settled_at timestamptz(3),
  PRIMARY KEY (booking_id, word, recipient)
);
CREATE INDEX mails_waiting ON email_notification.mails (event_id) WHERE status = 'waiting';
CREATE INDEX mails_deferred ON email_notification.mails (next_try_at) WHERE status = 'waiting' AND next_try_at IS NOT NULL;

-- What would have been sent, in development without a mail server. Empty anywhere else.
CREATE TABLE email_notification.dev_mailbox (
  id bigserial PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  sender text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  body_text text NOT NULL,
  body_html text NOT NULL,
  sent_at timestamptz(3) NOT NULL DEFAULT now()
);
