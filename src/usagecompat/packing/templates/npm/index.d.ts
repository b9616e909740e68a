/** The version of the corpus. */
export const version: string;
/** The SHA-256 of SHA256SUMS, which has that of every file. */
export const digest: string;

/** One payload, and what it must show. */
export interface Case {
  readonly id: string;
  readonly sha256: string;
  readonly topic: string;
  readonly verdict: "valid" | "acceptable" | "invalid";
  readonly tier: "everyday" | "possible" | "extreme";
  readonly demand: "must-decode" | "may-refuse" | "must-refuse";
  readonly findings: ReadonlyArray<{ readonly code: string; readonly severity: string }>;
  readonly sets: readonly string[];
  readonly since: string;
  /** The payload, byte for byte; it may be no JSON at all. */
  readonly payload: Uint8Array;
  /** What the case file says; schemas/case.json describes it. */
  readonly expectation: { readonly [member: string]: unknown };
}

/** A file by its name, such as fixtures/notes.json. */
export function read(name: string): Uint8Array;
/** A schema by its name, such as served/page/latest. */
export function schema(name?: string): { readonly [member: string]: unknown };
/** The cases of a set: full, core or smoke. */
export function cases(set?: string): Case[];
