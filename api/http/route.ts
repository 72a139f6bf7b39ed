import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { ProblemCode } from '../../domain/problems';
import type { Caller, Role } from '../auth/caller';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a route answers with; anything else it throws as a Problem. */
export interface Answer {
  readonly status: number;
  /** JSON, or text where `contentType` says so. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default application/json */
  readonly contentType?: string;
  /** Goes on with the answer instead of a body, once its headers are sent, until it ends the response. */
  readonly stream?: (response: ServerResponse) => Promise<void>;
}

/** What one status of a route means, for the document. */
export interface AnswerDoc {
  readonly description: string;
  /** Absent: the answer is text. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  readonly contentType?: string;
  /** The content type of the same as text, for who asks for that. */
  readonly text?: string;
  /** Headers that come with it, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

type NoFields = z.ZodObject<Record<never, z.ZodType>>;

interface Request<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  /** The body as it was sent, for the idempotency key to be compared by. */
  readonly sentBody: unknown;
  /** Where the route has a `signatureHeader`. */
  readonly signed?: SignedBody;
  /** The caller's `Idempotency-Key`, on writes. */
  readonly idempotencyKey?: string;
  /** Where the route `resumes`: the caller's `Last-Event-ID`. */
  readonly lastEventId?: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  /** Which of these content types the caller likes best, by their `Accept`; undefined: none. */
  prefers(...types: readonly string[]): string | undefined;
}

/** A body as it came over the wire, and what its sender signed it with. */
export interface SignedBody {
  readonly bytes: Buffer;
  /** Absent where the header was not sent. */
  readonly signature?: string;
}

interface Spec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: Method;
  /** In Express's spelling: `/api/bookings/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly bodyExample?: unknown;
  /** The header that the sender signs the body with; the handler then gets both as they came, and checks them. */
  readonly signatureHeader?: string;
  /** A stream that goes on after `Last-Event-ID`, and what that is. */
  readonly resumes?: string;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** The problems of this route's own; those that every route shares are added by the document. */
  readonly problems?: readonly ProblemCode[];
}

interface ProtectedSpec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>
  extends Spec<P, Q, B> {
  /** Who may call it at all; what they may do to a particular booking the handler decides. */
  readonly roles: readonly Role[];
  handle(request: Request<P, Q, B> & { readonly caller: Caller }): Promise<Answer>;
}

interface PublicSpec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>
  extends Spec<P, Q, B> {
  handle(request: Request<P, Q, B>): Promise<Answer>;
}

/** A request after validation, its types forgotten. */
export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly sentBody: unknown;
  readonly signed?: SignedBody;
  readonly idempotencyKey?: string;
  readonly lastEventId?: string;
  readonly gone: AbortSignal;
  prefers(...types: readonly string[]): string | undefined;
  readonly caller?: Caller;
}

/**
 * One route. Express and the OpenAPI document are both made from a list of these, so neither can know a route
 * that the other does not.
 */
export interface Route extends Spec<z.ZodObject, z.ZodObject, z.ZodType> {
  /** Undefined: public. */
  readonly roles?: readonly Role[];
  handle(request: RawRequest): Promise<Answer>;
}

/** Defines a route for callers with a token. Its handler's types follow from its schemas. */
export function route<
  P extends z.ZodObject = NoFields,
  Q extends z.ZodObject = NoFields,
  B extends z.ZodType = NoFields,
>(spec: ProtectedSpec<P, Q, B>): Route {
  return spec as unknown as Route;
}

/** Defines a route that needs no token. */
export function publicRoute<
  P extends z.ZodObject = NoFields,
  Q extends z.ZodObject = NoFields,
  B extends z.ZodType = NoFields,
>(spec: PublicSpec<P, Q, B>): Route {
  return spec as unknown as Route;
}

/** Writes may carry an `Idempotency-Key`. */
export function isWrite(method: Method): boolean {
  return method !== 'get';
}
