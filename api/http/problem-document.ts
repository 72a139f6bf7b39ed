import { PROBLEMS, type Problem, type ProblemCode } from '../../domain/problems';

export const PROBLEM_TYPE = 'application/problem+json';

export function problemTypeOf(code: ProblemCode): string {
  return `/problems/${code}`;
}

/** The document of RFC 9457 for a problem. `instance` is the request's address, without its query. */
export function problemDocument(
  problem: Problem,
  context: { readonly instance: string; readonly requestId: string },
): Record<string, unknown> {
  const { status, title } = PROBLEMS[problem.code];
  return {
    ...problem.members,
    type: problemTypeOf(problem.code),
    title,
    status,
    code: problem.code,
    detail: problem.message,
    ...context,
  };
}
