/** A session: a token that is authentic, inside its deadlines and not revoked. Times are seconds since 1970. */
export interface Session {
  /** Whose session it is. */
  subject: string;
  /** The authentication level in force, 0 to 3, and the one to which an elevation drops back. */
  level: number;
  baseLevel: number;
  /** When the authentication behind the level in force took place. */
  authenticatedAt: number;
  /** How often the session was renewed. It detects no theft. */
  rotation: number;
  /** When the session began, when the token is over unless it is renewed, and when the session is over whatever happens. */
  startedAt: number;
  expiresAt: number;
  endsAt: number;
  /** The application's own bytes, if the module was set up with claims. */
  claims: Uint8Array | undefined;
}

export interface SetUp {
  /** Whom the tokens are for, part by part, as `context!` has them in Rust. */
  context: string[];
  /** The text of an issuer's or a verifier's ring. A secret. */
  ring: string;
  /** The kind of token: "e" if not said. */
  kind?: "e" | "n" | "s";
  /** The level whose preset of deadlines holds: 1 if not said. */
  level?: 1 | 2 | 3;
  /** Whether tokens carry bytes of the application. */
  claims?: boolean;
}

/**
 * Verifies sessions and, with an issuer's ring, makes them. One object for each isolate; it may be made outside of a request.
 *
 * `now` is in seconds since 1970, `Date.now() / 1000`, read once in each request: many edge platforms have no clock outside of one.
 */
export class Sessions {
  /** Throws an `Error` that says what is wrong with the ring or the context, never showing a secret. */
  constructor(module: WebAssembly.Module, setUp: SetUp);
  /** Takes a revocation snapshot; before the first one nobody gets in. Throws if it is refused, and then the one before stays in force.
   * The module for kind "e" alone has no snapshots, and this always throws there: nobody is out before his token is over. */
  takeSnapshot(bytes: Uint8Array, now: number): void;
  /** The session, or `null`: answer that with one and the same 401, whatever `why` says. */
  verify(token: string, now: number): Session | null;
  /** A token for somebody who has just been authenticated. Throws with a verifier's ring, and where the platform has no random bytes. */
  issue(grant: { subject: string; level?: 0 | 1 | 2 | 3; claims?: Uint8Array }, now: number): string;
  /** The token's successor, if it is good and renewal is due; else `null`. Call it after `verify`, on every request. */
  renew(token: string, now: number): string | null;
  /** Why the last call found nothing: a reason of the SPEC's section 7, for the operator's log. Never send it to the client. */
  readonly why: string;
}
