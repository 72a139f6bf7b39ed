import { z } from 'zod';

/** The headers of every message: CloudEvents in binary mode, so that the value is what listeners always knew. */
export const eventHeaders = z
  .looseObject({
    ce_specversion: z.literal('1.0'),
    ce_id: z.string().min(1).describe('The same on every redelivery: what a listener tells a duplicate by.'),
    ce_type: z.string().min(1).describe('What listeners switch on: the type or eventType of the value.'),
    ce_source: z.string().min(1),
    ce_time: z.iso.datetime().describe('When it came about: ISO 8601, UTC. The same on every redelivery.'),
    ce_factid: z
      .string()
      .min(1)
      .describe('The fact behind the message: shared by all messages, on whatever topic, that tell of it.'),
    'content-type': z.literal('application/json'),
  })
  .meta({
    description: 'CloudEvents in binary mode. All values are text.',
    examples: [
      {
        ce_specversion: '1.0',
        ce_id: '4f1d0c7ab2e95836:booking-requests',
        ce_type: 'booking-created',
        ce_source: '/booking-saga',
        ce_time: '2027-01-02T03:04:05.678Z',
        ce_factid: '4f1d0c7ab2e95836',
        'content-type': 'application/json',
      },
    ],
  });

/**
 * Why a message was parked.
 * - `not-an-event`, `not-json`, `unfit`: no handler could have read it
 * - `refused`: the handler said that it can never be handled
 * - `failed`: the handler failed on every step of the ladder
 * - `crashed`: the process ended whenever it was tried
 */
export const PARK_REASONS = ['not-an-event', 'not-json', 'unfit', 'refused', 'failed', 'crashed'] as const;
export type ParkReason = (typeof PARK_REASONS)[number];

const digits = z.string().regex(/^\d+$/);

/** What a dead letter has besides the headers that it came with. */
export const deadLetterHeaders = z
  .looseObject({
    dlq_group: z.string().describe('Who parked it.'),
    dlq_reason: z.enum(PARK_REASONS),
    dlq_error: z.string().describe('What was wrong, shortened.'),
    dlq_attempts: digits.describe('How often it was tried.'),
    dlq_topic: z.string().describe('Where it came from.'),
    dlq_partition: digits,
    dlq_offset: digits,
    dlq_time: z.iso.datetime().describe('When it was given up.'),
  })
  .meta({
    description: 'Besides the headers that the message came with. All values are text.',
    examples: [
      {
        dlq_group: 'owner-group',
        dlq_reason: 'failed',
        dlq_error: 'value too long for type character varying(64)',
        dlq_attempts: '6',
        dlq_topic: 'booking-requests',
        dlq_partition: '2',
        dlq_offset: '4711',
        dlq_time: '2027-01-02T03:04:09.001Z',
      },
    ],
  });
