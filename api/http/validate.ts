import type { z } from 'zod';
import { Problem, type ProblemCode } from '../../domain/problems';

/** One field of a request that does not fit. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/**
 * Parses one part of a request.
 * @throws {Problem} naming every field that does not fit: `invalid-request`, or the code that the schema's own
 * issues ask for through `params.problem`, where all of them ask for the same
 */
export function validate(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wanted = new Set(parsed.error.issues.map((issue) => problemOf(issue)));
  const [only] = wanted;
  throw fieldProblem(
    wanted.size === 1 && only ? only : 'invalid-request',
    parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || where, message: issue.message })),
  );
}

/** A problem that lies in particular fields. */
export function fieldProblem(
  code: ProblemCode,
  errors: readonly FieldError[],
  members: Readonly<Record<string, unknown>> = {},
): Problem {
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new Problem(code, `${detail}.`, { errors, ...members });
}

function problemOf(issue: z.core.$ZodIssue): ProblemCode | undefined {
  return issue.code === 'custom' ? (issue.params?.problem as ProblemCode | undefined) : undefined;
}
