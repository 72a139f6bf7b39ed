import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { AfterEnd, CaseOpening, CasePart } from '../activities/after-end';
import type { Actor } from '../domain/booking';
import { formatMoney } from '../domain/money';
import {
  caseOpenedUpdate,
  type DisputeCase,
  type DisputeOutcome,
  disputeNewsSignal,
  type PaymentCaseRequest,
  type PaymentCaseResult,
  type ProviderRefundCase,
  type RefundCase,
} from './payment-case-messages';

/** After so long without the provider's word an operator is reminded to look for themselves. */
const REMINDER_MS = 30 * 24 * 3_600_000;

/*
 * Cases are rare and nobody's journey waits for one, so their steps are regular activities, which the server tries
 * again without end.
 */
const steps = proxyActivities<AfterEnd>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** A saga may live for months: it is asked after soon at first, and then every hour. */
const { requireSagaOver } = proxyActivities<AfterEnd>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1h' },
});

/**
 * Money that moves after the end: one refund, or one dispute from its opening to the bank's word. Its facts join the
 * booking's log once no saga writes that any more.
 *
 * Every end is a result: a workflow that failed means a defect. A cancel in the Web UI changes nothing.
 */
export async function paymentCase(request: PaymentCaseRequest): Promise<PaymentCaseResult> {
  const record = new CaseRecord();
  record.listen();
  return await CancellationScope.nonCancellable(async () => {
    const opening = await steps.openPaymentCase({ request, at: now() });
    record.opening = opening;
    const result = opening.outcome === 'opened' ? await run(request, opening.parts, record) : REFUSED;
    await condition(allHandlersFinished);
    return result;
  });
}

const REFUSED: PaymentCaseResult = { outcome: 'refused' };

/** What was said to the case so far. */
class CaseRecord {
  opening: CaseOpening | undefined;
  isWithdrawn = false;
  outcome: DisputeOutcome | undefined;

  listen(): void {
    setHandler(caseOpenedUpdate, async () => {
      await condition(() => this.opening !== undefined);
      if (this.opening?.outcome !== 'refused') return;
      const { refundable } = this.opening;
      throw ApplicationFailure.nonRetryable(
        `${formatMoney(refundable)} can be given back`,
        'AmountUnavailable',
      );
    });
    setHandler(disputeNewsSignal, ({ word }) => {
      if (word === 'withdrawn') this.isWithdrawn = true;
      else this.outcome ??= word;
    });
  }
}

async function run(
  request: PaymentCaseRequest,
  parts: readonly CasePart[],
  record: CaseRecord,
): Promise<PaymentCaseResult> {
  show(request, 'Waiting for the saga of the booking to end.');
  await requireSagaOver(request.bookingId);
  switch (request.kind) {
    case 'refund':
      return await refund(request, parts);
    case 'provider-refund':
    case 'refund-failed':
      return await bookRefund(request);
    case 'dispute':
      return await dispute(request, record);
  }
}

/** Asks the provider for each part and books what it gave back. One that it refuses for good ends the case. */
async function refund(request: RefundCase, parts: readonly CasePart[]): Promise<PaymentCaseResult> {
  const { bookingId, caseId, by, reason } = request;
  for (const [place, { authorizationId, amount }] of parts.entries()) {
    show(request, `Giving ${formatMoney(amount)} back from ${authorizationId}.`);
    const part = place + 1;
    const key = `${bookingId}/refund/${caseId}/${part}`;
    const outcome = await steps.refundAfterwards({ key, authorizationId, amount });
    if (outcome.outcome === 'rejected') {
      await steps.closePaymentCase({ bookingId, caseId, status: 'refused', code: outcome.code, at: now() });
      show(request, `The provider refuses: ${outcome.code}.`);
      return REFUSED;
    }
    const details = { amount, authorizationId, reference: outcome.reference, kind: 'refund', caseId };
    await commit(request, 'payment.refunded', {
      ...{ part, actor: by.role, attempts: outcome.attempts },
      details: { ...details, ...(reason !== undefined && { note: reason }) },
      ...(part === parts.length && { close: 'done' as const }),
    });
  }
  show(request, 'The money is back.');
  return { outcome: 'done' };
}

/** The money has moved already; what is left is to book it. */
async function bookRefund(request: ProviderRefundCase): Promise<PaymentCaseResult> {
  const { amount, authorizationId, reference, caseId, kind } = request;
  const details = { amount, authorizationId, reference, caseId };
  if (kind === 'refund-failed') {
    await commit(request, 'payment.captured', { details: { ...details, kind }, close: 'done' });
    show(request, 'The bank sent a refund back: the money is with us again, and the traveler without it.');
  } else {
    await commit(request, 'payment.refunded', { details: { ...details, kind: 'refund' }, close: 'done' });
    show(request, 'Booked what the provider gave back.');
  }
  return { outcome: 'done' };
}

/**
 * Books what the dispute moves: an inquiry that never withdraws money moves nothing. A dispute that was lost did
 * withdraw it, also where the provider's word of that is late.
 */
async function dispute(request: DisputeCase, record: CaseRecord): Promise<PaymentCaseResult> {
  const { bookingId, amount, authorizationId, caseId, reason, evidenceDueBy } = request;
  const details = {
    amount,
    authorizationId,
    disputeId: caseId,
    caseId,
    ...(reason && { disputeReason: reason }),
  };
  const due = evidenceDueBy ? ` Evidence is due by ${evidenceDueBy}.` : '';
  const word = (isMet: () => boolean) => untilWord(request, due, isMet);

  await word(() => record.isWithdrawn || record.outcome !== undefined);
  const isWithdrawn = record.isWithdrawn || record.outcome === 'lost';
  if (isWithdrawn) await commit(request, 'payment.disputed', { details });
  await word(() => record.outcome !== undefined);
  const { outcome } = record;
  if (outcome === undefined) throw new Error('a dispute was decided without an outcome');
  if (isWithdrawn) {
    const fact = outcome === 'won' ? 'payment.dispute-won' : 'payment.dispute-lost';
    await commit(request, fact, { details, close: outcome });
  } else await steps.closePaymentCase({ bookingId, caseId, status: outcome, at: now() });
  show(request, outcome === 'won' ? 'Won: the money is with us.' : 'Lost: the traveler keeps the money.');
  return { outcome };
}

/** Waits for the provider without end; the details say for how long already. */
async function untilWord(request: DisputeCase, due: string, isMet: () => boolean): Promise<void> {
  const since = now();
  show(request, `Waiting for the provider's word since ${since}.${due}`);
  while (!(await condition(isMet, REMINDER_MS, { summary: 'reminder' }))) {
    show(request, `**No word from the provider since ${since}**: look the dispute up at the provider.${due}`);
  }
}

interface CaseFact {
  readonly details: Readonly<Record<string, unknown>>;
  readonly part?: number;
  readonly actor?: Actor;
  readonly attempts?: number;
  readonly close?: 'done' | DisputeOutcome;
}

function commit(
  { bookingId, caseId }: PaymentCaseRequest,
  type:
    | 'payment.captured'
    | 'payment.refunded'
    | 'payment.disputed'
    | 'payment.dispute-won'
    | 'payment.dispute-lost',
  fact: CaseFact,
) {
  const { part = 1, actor = 'SYSTEM', attempts = 1, ...rest } = fact;
  return steps.commitAfterwards({ bookingId, caseId, type, part, actor, attempts, at: now(), ...rest });
}

const now = () => new Date().toISOString();

/** What a stranger sees of the case in the Web UI. */
function show(request: PaymentCaseRequest, whatNow: string): void {
  const { kind, bookingId, caseId, amount } = request;
  const much = amount ? ` of ${formatMoney(amount)}` : '';
  setCurrentDetails(
    [`**${kind}**${much}`, '', whatNow, '', `- booking ${bookingId}, case ${caseId}`].join('\n'),
  );
}
