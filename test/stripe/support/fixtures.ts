/*
 * Answers of Stripe's API as its documentation shows them (docs.stripe.com/api/payment_intents, /setup_intents,
 * /errors), cut down to the fields that matter.
 */
import type { Scripted } from './scripted-stripe';

export const ok = (body: object): Scripted => ({ status: 200, body });

export const intent = (status: string, more: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status,
  amount: 12_000,
  currency: 'usd',
  last_payment_error: null,
  next_action: null,
  ...more,
});

export const setup = (status: string, more: object = {}) => ({
  id: 'seti_1',
  object: 'setup_intent',
  status,
  customer: 'cus_1',
  payment_method: 'pm_1',
  last_setup_error: null,
  next_action: null,
  ...more,
});

export const redirect = (url: string) => ({
  next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: 'https://shop.example/paid' } },
});

export const list = (...data: object[]) => ok({ object: 'list', has_more: false, data });

export const failed = (status: number, error: object, headers: Record<string, string> = {}): Scripted => ({
  status,
  body: { error },
  headers,
});

/** A declined card: 402, the issuer's word in `decline_code`. */
export const declined = (code: string, declineCode?: string): Scripted =>
  failed(402, {
    type: 'card_error',
    code,
    ...(declineCode && { decline_code: declineCode }),
    message: 'Your card was declined.',
  });

export const invalid = (code: string, param?: string): Scripted =>
  failed(400, { type: 'invalid_request_error', code, ...(param && { param }), message: 'No.' });
